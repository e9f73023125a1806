// Stored already.
//   > POST posts {"title":"Hello"}
//   < 200
//   > GET posts?filter=(slug='hello')
//   < 200 {"totalItems":0}

package main

import (
	"log"
	"strings"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/core"
)

func main() {
	app := pocketbase.New()

	app.OnRecordCreate("posts").BindFunc(func(e *core.RecordEvent) error {
		if err := e.Next(); err != nil {
			return err
		}
		e.Record.Set("slug", strings.ToLower(e.Record.GetString("title"))) // <--
		return nil
	})

	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
