// A handler that a function returns.
//   > POST orders {"number":"x"}
//   < 200
//   > GET orders
//   < 200 {"totalItems":2}

package main

import (
	"log"
	"strings"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/core"
)

func main() {
	app := pocketbase.New()

	app.OnRecordCreate("orders").BindFunc(upper("number"))

	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}

func upper(field string) func(e *core.RecordEvent) error {
	return func(e *core.RecordEvent) error { // <--
		e.Record.Set(field, strings.ToUpper(e.Record.GetString(field)))
		return nil // <--
	}
}
