package main

import (
	"log"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/core"
)

func main() {
	app := pocketbase.New()

	app.OnRecordAfterCreateSuccess("posts").BindFunc(func(e *core.RecordEvent) error {
		stats, err := e.App.FindCollectionByNameOrId("stats")
		if err != nil {
			return err
		}
		stat := core.NewRecord(stats)
		stat.Load(map[string]any{"name": "neu"})
		if err := e.App.Save(stat); err != nil {
			return err
		}
		return e.Next()
	})

	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
