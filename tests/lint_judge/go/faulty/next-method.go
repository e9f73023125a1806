// A method as the handler.
//   > PATCH users/bob000000000000 {"name":"Robert"}
//   < 200
//   > GET users/bob000000000000
//   < 200 {"name":"Bob"}

package main

import (
	"log"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/core"
)

func main() {
	app := pocketbase.New()

	guard := &creditGuard{app: app, limit: -100}
	app.OnRecordUpdate("users").BindFunc(guard.check)

	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}

type creditGuard struct {
	app   core.App
	limit float64
}

func (g *creditGuard) check(e *core.RecordEvent) error { // <--
	if e.Record.GetFloat("credits") < g.limit {
		return e.App.Save(e.Record.Original())
	}
	return nil // <--
}
