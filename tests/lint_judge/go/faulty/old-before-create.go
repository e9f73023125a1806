// OnRecordBeforeCreateRequest.
//   build: "OnRecordBeforeCreateRequest"

package main

import (
	"log"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/core"
)

func main() {
	app := pocketbase.New()

	app.OnRecordBeforeCreateRequest("posts").Add(func(e *core.RecordCreateEvent) error { // <--
		e.Record.Set("status", "draft")
		return nil
	})

	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
