// There is no minute 61.
//   starts: no "MustAdd"

package main

import (
	"log"

	"github.com/pocketbase/pocketbase"
)

func main() {
	app := pocketbase.New()

	app.Cron().MustAdd("digest", "61 * * * *", func() { // <--
		log.Println("digest")
	})

	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
