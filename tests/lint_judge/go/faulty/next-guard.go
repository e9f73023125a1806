// The guard leaves without handing on.
//   > POST orders {"total":5}
//   < 200
//   > GET orders
//   < 200 {"totalItems":2}

package main

import (
	"log"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/core"
)

func main() {
	app := pocketbase.New()

	app.OnRecordCreate("orders").BindFunc(func(e *core.RecordEvent) error { // <--
		if e.Record.GetFloat("total") < 100 {
			return nil // <--
		}

		e.Record.Set("notes", "big one")
		return e.Next()
	})

	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
