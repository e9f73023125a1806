// The packages of v0.22 are gone.
//   build: "pocketbase/models"

package main

import (
	"log"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/models"
)

func main() {
	app := pocketbase.New()

	app.OnModelAfterCreate().Add(func(e *core.ModelEvent) error { // <--
		if record, ok := e.Model.(*models.Record); ok { // <--
			log.Println(record.Id)
		}
		return nil
	})

	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
