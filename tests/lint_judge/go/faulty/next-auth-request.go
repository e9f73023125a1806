// Signing in answers nothing.
//   > guest: POST /api/collections/users/auth-with-password {"identity":"ann@example.com","password":"correct-horse-battery"}
//   < 200 null

package main

import (
	"log"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/core"
)

func main() {
	app := pocketbase.New()

	app.OnRecordAuthRequest("users").BindFunc(func(e *core.RecordAuthRequestEvent) error { // <--
		log.Printf("%s signed in", e.Record.Email())
		return nil // <--
	})

	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
