package main

import (
	"log"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/core"
)

func main() {
	app := pocketbase.New()

	app.OnServe().BindFunc(func(se *core.ServeEvent) error {
		gruppe := se.Router.Group("/greet")
		gruppe.GET("/{name}", func(e *core.RequestEvent) error {
			return e.String(200, "Hi "+e.Request.PathValue("name"))
		})
		return se.Next()
	})

	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
