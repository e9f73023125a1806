// One case of the switch hands on; what falls out of it does not.
//   > PATCH orders/order0000000001 {"status":"shipped"}
//   < 200
//   > GET orders/order0000000001
//   < 200 {"status":"new"}

package main

import (
	"log"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/core"
)

func main() {
	app := pocketbase.New()

	app.OnRecordUpdate("orders").BindFunc(func(e *core.RecordEvent) error { // <--
		switch e.Record.GetString("status") {
		case "new", "paid":
			return e.Next()
		case "shipped":
			e.Record.Set("notes", "on its way")
		}
		return nil // <--
	})

	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
