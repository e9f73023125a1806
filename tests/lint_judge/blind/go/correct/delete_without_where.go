package main

import (
	"log"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase"
)

func main() {
	app := pocketbase.New()

	app.Cron().MustAdd("cleanup", "0 3 * * *", func() {
		// drop what is archived
		_, err := app.DB().Delete("posts", dbx.HashExp{"status": "archived"}).Execute()
		if err != nil {
			app.Logger().Error("cleanup", "error", err)
		}
	})

	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
