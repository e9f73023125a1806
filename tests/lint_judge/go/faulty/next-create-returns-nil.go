// `return nil` instead of e.Next(): answered 200, and not stored.
//   > POST posts {"title":"Hello"}
//   < 200 {"title":"Hello"}
//   > GET posts
//   < 200 {"totalItems":3}

package main

import (
	"log"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/core"
)

func main() {
	app := pocketbase.New()

	app.OnRecordCreate("posts").BindFunc(func(e *core.RecordEvent) error { // <--
		log.Println("new post", e.Record.GetString("title"))
		return nil // <--
	})

	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
