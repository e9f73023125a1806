package main

import (
	"log"
	"strings"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/core"
)

func main() {
	app := pocketbase.New()

	app.OnRecordCreate("posts").BindFunc(func(e *core.RecordEvent) error {
		e.Record.Set("title", strings.TrimSpace(e.Record.GetString("title")))
		return nil
	})

	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
