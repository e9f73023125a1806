// A handler says whether it went well.
//   build: "cannot use"

package main

import (
	"log"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/core"
)

func main() {
	app := pocketbase.New()

	app.OnRecordCreate("posts").BindFunc(func(e *core.RecordEvent) { // <--
		e.Record.Set("status", "draft")
		e.Next()
	})

	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
