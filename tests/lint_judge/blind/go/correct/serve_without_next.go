package main

import (
	"log"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/core"
)

func main() {
	app := pocketbase.New()

	app.OnServe().BindFunc(func(se *core.ServeEvent) error {
		se.Router.GET("/ping", func(e *core.RequestEvent) error {
			return e.String(200, "pong")
		})

		err := se.Next()
		return err
	})

	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
