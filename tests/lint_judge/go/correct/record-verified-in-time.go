// Set after the form's checks.
//   > guest: POST users {"email":"eve@example.com","password":"12345678","passwordConfirm":"12345678"}
//   < 200
//   > GET users?filter=(verified=true)
//   < 200 {"totalItems":1}

package main

import (
	"log"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/core"
)

func main() {
	app := pocketbase.New()

	app.OnRecordCreate("users").BindFunc(func(e *core.RecordEvent) error {
		e.Record.SetVerified(true)
		return e.Next()
	})

	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
