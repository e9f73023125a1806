// What could not be looked up is logged, and the comment is gone.
//   > POST comments {"text":"hi"}
//   < 200
//   > GET comments
//   < 200 {"totalItems":2}

package main

import (
	"log"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/core"
)

func main() {
	app := pocketbase.New()

	app.OnRecordCreate("comments").BindFunc(func(e *core.RecordEvent) error { // <--
		post, err := e.App.FindRecordById("posts", e.Record.GetString("post"))
		if err != nil {
			e.App.Logger().Warn("no such post", "error", err)
			return nil // <--
		}
		e.Record.Set("text", e.Record.GetString("text")+" ("+post.GetString("title")+")")
		return e.Next()
	})

	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
