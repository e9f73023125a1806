package main

import (
	"errors"
	"log"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/core"
)

func main() {
	app := pocketbase.New()

	app.OnRecordUpdate("posts").BindFunc(func(e *core.RecordEvent) error {
		if e.Record.GetString("status") == "archived" {
			return errors.New("archived")
		}
		if e.Record.GetString("status") == "published" {
			e.Record.Set("views+", 1)
		}
		return e.Next()
	})

	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
