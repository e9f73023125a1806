// A hook has no Add any more.
//   build: "Add"

package main

import (
	"log"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/core"
)

func main() {
	app := pocketbase.New()

	app.OnRecordCreate("posts").Add(func(e *core.RecordEvent) error { // <--
		e.Record.Set("status", "draft")
		return e.Next()
	})

	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
