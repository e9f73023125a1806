// A record's event has no answers of its own.
//   build: "BadRequestError"

package main

import (
	"log"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/core"
)

func main() {
	app := pocketbase.New()

	app.OnRecordCreate("posts").BindFunc(func(e *core.RecordEvent) error {
		if e.Record.GetString("title") == "" {
			return e.BadRequestError("no title", nil) // <--
		}
		return e.Next()
	})

	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
