// Days are numbers; Add says so to nobody.
//   > GET /api/crons
//   < 200 !"weekly"

package main

import (
	"log"

	"github.com/pocketbase/pocketbase"
)

func main() {
	app := pocketbase.New()

	app.Cron().Add("weekly", "0 9 * * MON", func() { // <--
		log.Println("monday")
	})

	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
