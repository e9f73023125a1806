package main

import (
	"log"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/core"
)

func main() {
	app := pocketbase.New()

	app.OnRecordCreate("posts").BindFunc(func(e *core.RecordEvent) error {
		if err := e.Next(); err != nil {
			return err
		}
		e.Record.Set("slug", "post-"+e.Record.Id)
		return e.App.Save(e.Record)
	})

	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
