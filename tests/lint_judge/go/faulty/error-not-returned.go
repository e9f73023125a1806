// The error is made and let fall.
//   > POST orders {"total":-1}
//   < 200

package main

import (
	"log"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/core"
)

func main() {
	app := pocketbase.New()

	app.OnRecordCreateRequest("orders").BindFunc(func(e *core.RecordRequestEvent) error {
		if e.Record.GetFloat("total") < 0 {
			e.BadRequestError("The total must not be negative.", nil) // <--
		}
		return e.Next()
	})

	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
