// The result of handing on is kept for a moment.
//   > PATCH posts/post00000000001 {"title":"New"}
//   < 200
//   > GET posts/post00000000001
//   < 200 {"title":"New"}

package main

import (
	"log"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/core"
)

func main() {
	app := pocketbase.New()

	app.OnRecordUpdate("posts").BindFunc(func(e *core.RecordEvent) error {
		before := e.Record.Original().GetString("title")
		err := e.Next()
		if err == nil {
			log.Printf("%q is now %q", before, e.Record.GetString("title"))
		}
		return err
	})

	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
