// Set after success, and saved.
//   > POST posts {"title":"Hello"}
//   < 200
//   > GET posts?filter=(slug~'p-')
//   < 200 {"totalItems":1}

package main

import (
	"log"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/core"
)

func main() {
	app := pocketbase.New()

	app.OnRecordAfterCreateSuccess("posts").BindFunc(func(e *core.RecordEvent) error {
		e.Record.Set("slug", "p-"+e.Record.Id)
		if err := e.App.Save(e.Record); err != nil {
			return err
		}
		return e.Next()
	})

	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
