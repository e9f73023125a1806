// A colon that is no parameter, and a text that looks like an old route.
//   > GET /api/time/12:30
//   < 200 "GET /hello/:name was echo, now 12:30"

package main

import (
	"log"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/core"
)

func main() {
	app := pocketbase.New()

	app.OnServe().BindFunc(func(se *core.ServeEvent) error {
		const note = "GET /hello/:name was echo, now "
		se.Router.GET("/api/time/{time}", func(e *core.RequestEvent) error {
			return e.String(200, note+e.Request.PathValue("time"))
		})
		return se.Next()
	})

	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
