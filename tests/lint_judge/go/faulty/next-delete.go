// Nothing is deleted, and the client hears 204.
//   > DELETE posts/post00000000003
//   < 204
//   > GET posts/post00000000003
//   < 200

package main

import (
	"log"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/core"
)

func main() {
	app := pocketbase.New()

	app.OnRecordDelete("posts").BindFunc(func(e *core.RecordEvent) error { // <--
		audit, err := e.App.FindCollectionByNameOrId("audit")
		if err != nil {
			return err
		}
		row := core.NewRecord(audit)
		row.Set("action", "delete")
		row.Set("target", e.Record.Id)
		return e.App.Save(row) // <--
	})

	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
