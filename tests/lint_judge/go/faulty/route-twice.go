// One address, twice.
//   starts: no "conflicts"

package main

import (
	"log"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/core"
)

func main() {
	app := pocketbase.New()

	app.OnServe().BindFunc(func(se *core.ServeEvent) error {
		se.Router.GET("/api/hello", func(e *core.RequestEvent) error { return e.String(200, "one") })
		se.Router.GET("/api/hello", func(e *core.RequestEvent) error { return e.String(200, "two") }) // <--
		return se.Next()
	})

	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
