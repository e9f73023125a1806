// A method as the handler.
//   > PATCH users/bob000000000000 {"credits":-5}
//   < 400
//   > PATCH users/bob000000000000 {"credits":5}
//   < 200

package main

import (
	"log"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
)

func main() {
	app := pocketbase.New()

	guard := &creditGuard{limit: 0}
	app.OnRecordUpdate("users").BindFunc(guard.check)

	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}

type creditGuard struct {
	limit float64
}

func (g *creditGuard) check(e *core.RecordEvent) error {
	if e.Record.GetFloat("credits") < g.limit {
		return apis.NewBadRequestError("no credit", nil)
	}
	return e.Next()
}
