package main

import (
	"log"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/core"
)

func main() {
	app := pocketbase.New()

	app.OnRecordDeleteRequest("posts").BindFunc(func(e *core.RecordRequestEvent) error {
		e.Record.Set("status", "archived")
		if err := e.App.Save(e.Record); err != nil {
			return err
		}
		return e.NoContent(204) // the row stays
	})

	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
