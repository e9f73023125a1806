package main

import (
	"log"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/core"
)

func main() {
	app := pocketbase.New()

	app.OnRecordsListRequest("posts").Bind(func(e *core.RecordsListRequestEvent) error {
		e.App.Logger().Debug("list", "n", len(e.Records))
		return e.Next()
	})

	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
