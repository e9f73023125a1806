// A guest has no Auth.
//   > guest: POST posts {"title":"x"}
//   < 500

package main

import (
	"log"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/core"
)

func main() {
	app := pocketbase.New()

	app.OnRecordCreateRequest("posts").BindFunc(func(e *core.RecordRequestEvent) error {
		e.Record.Set("author", e.Auth.Id) // <--
		return e.Next()
	})

	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
