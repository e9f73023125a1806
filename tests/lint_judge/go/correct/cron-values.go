// Crons as the parser takes them.
//   > GET /api/crons
//   < 200 "every-5" "weekdays"

package main

import (
	"log"

	"github.com/pocketbase/pocketbase"
)

func main() {
	app := pocketbase.New()

	app.Cron().MustAdd("every-5", "*/5 * * * *", func() {})
	if err := app.Cron().Add("weekdays", "30 8 * * 1-5", func() { log.Println("good morning") }); err != nil {
		log.Fatal(err)
	}

	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
