// Each case ends well.
//   > PATCH orders/order0000000001 {"status":"shipped"}
//   < 200 {"notes":"on its way"}
//   > GET orders/order0000000001
//   < 200 {"status":"shipped"}

package main

import (
	"fmt"
	"log"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/core"
)

func main() {
	app := pocketbase.New()

	app.OnRecordUpdate("orders").BindFunc(func(e *core.RecordEvent) error {
		switch status := e.Record.GetString("status"); status {
		case "new", "paid":
			return e.Next()
		case "shipped":
			e.Record.Set("notes", "on its way")
		default:
			return fmt.Errorf("no such status: %s", status)
		}
		return e.Next()
	})

	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
