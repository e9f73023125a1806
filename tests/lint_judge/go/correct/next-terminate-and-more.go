// Hooks of several kinds.
//   > ann: POST /api/collections/users/auth-refresh
//   < 200 "token"

package main

import (
	"log"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/core"
)

func main() {
	app := pocketbase.New()

	app.OnTerminate().BindFunc(func(e *core.TerminateEvent) error {
		log.Println("bye")
		return e.Next()
	})
	app.OnRecordAuthRequest("users").BindFunc(func(e *core.RecordAuthRequestEvent) error {
		e.Record.Set("plan", "seen")
		return e.Next()
	})
	app.OnRecordEnrich("posts").BindFunc(func(e *core.RecordEnrichEvent) error {
		e.Record.Hide("body")
		return e.Next()
	})

	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
