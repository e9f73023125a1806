// Set before the form's checks: nobody can sign up.
//   > guest: POST users {"email":"eve@example.com","password":"12345678","passwordConfirm":"12345678"}
//   < 400 {"data":{"verified":{"code":"validation_values_mismatch"}}}

package main

import (
	"log"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/core"
)

func main() {
	app := pocketbase.New()

	app.OnRecordCreateRequest("users").BindFunc(func(e *core.RecordRequestEvent) error {
		e.Record.SetVerified(true) // <--
		return e.Next()
	})

	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
