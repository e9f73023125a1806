package main

import (
	"log"

	"github.com/pocketbase/pocketbase"
)

func main() {
	app := pocketbase.New()

	app.Cron().MustAdd("report", "0 9 * * 1", func() {
		app.Logger().Info("report")
	})

	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
