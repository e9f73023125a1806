package main

import (
	"log"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/core"
)

func main() {
	app := pocketbase.New()

	app.OnServe().BindFunc(func(se *core.ServeEvent) error {
		se.Router.GET("/by-slug/{slug}", func(e *core.RequestEvent) error {
			record, _ := e.App.FindFirstRecordByData("posts", "slug", e.Request.PathValue("slug"))
			return e.String(200, record.GetString("title"))
		})
		return se.Next()
	})

	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
