// Handed on first; `return nil` behind it is right.
//   > POST posts {"title":"x"}
//   < 200
//   > GET audit
//   < 200 {"totalItems":1}

package main

import (
	"log"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/core"
)

func main() {
	app := pocketbase.New()

	app.OnRecordAfterCreateSuccess("posts").BindFunc(func(e *core.RecordEvent) error {
		if err := e.Next(); err != nil {
			return err
		}

		audit, err := e.App.FindCollectionByNameOrId("audit")
		if err != nil {
			return err
		}
		row := core.NewRecord(audit)
		row.Set("action", "created")
		row.Set("target", e.Record.Id)
		if err := e.App.Save(row); err != nil {
			e.App.Logger().Error("no audit", "error", err)
		}

		return nil
	})

	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
