// Each way hands on or is an error.
//   > POST orders {"total":5}
//   < 200
//   > POST orders {"total":-5}
//   < 400
//   > GET orders
//   < 200 {"totalItems":3}

package main

import (
	"log"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
)

func main() {
	app := pocketbase.New()

	app.OnRecordCreate("orders").BindFunc(func(e *core.RecordEvent) error {
		total := e.Record.GetFloat("total")
		if total < 0 {
			return apis.NewBadRequestError("The total must not be negative.", nil)
		}
		if total < 100 {
			return e.Next()
		}

		e.Record.Set("notes", "big one")
		return e.Next()
	})

	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
