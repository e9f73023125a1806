// The same fault on v0.23.
//   version: 0.23.12
//   > POST posts {"title":"x"}
//   < 200
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
		e.Record.Set("status", "draft")
		return nil // <--
	})

	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
