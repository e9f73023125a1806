package main

import (
	"log"

	"github.com/pocketbase/pocketbase"
)

func main() {
	app := pocketbase.New()

	app.Cron().MustAdd("cleanup", "0 3 * * *", func() {
		// drop what is archived
		if _, err := app.DB().NewQuery("DELETE FROM posts").Execute(); err != nil {
			app.Logger().Error("cleanup", "error", err)
		}
	})

	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
