// The second handler is never asked.
//   > POST posts {"title":"x"}
//   < 200
//   > GET audit
//   < 200 {"totalItems":0}

package main

import (
	"log"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/core"
)

func main() {
	app := pocketbase.New()

	app.OnRecordAfterCreateSuccess("posts").BindFunc(func(e *core.RecordEvent) error { // <--
		e.App.Logger().Info("created", "id", e.Record.Id)
		return nil // <--
	})

	app.OnRecordAfterCreateSuccess("posts").BindFunc(func(e *core.RecordEvent) error {
		audit, err := e.App.FindCollectionByNameOrId("audit")
		if err != nil {
			return err
		}
		row := core.NewRecord(audit)
		row.Set("action", "created")
		if err := e.App.Save(row); err != nil {
			return err
		}
		return e.Next()
	})

	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
