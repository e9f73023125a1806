package main

import (
	"log"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/core"
)

func main() {
	app := pocketbase.New()

	app.OnServe().BindFunc(func(se *core.ServeEvent) error {
		se.Router.GET("/views/{id}", func(e *core.RequestEvent) error {
			record, err := e.App.FindRecordById("posts", e.Request.PathValue("id"))
			if err != nil {
				return e.NotFoundError("", err)
			}
			views := record.Get("views").(int)
			return e.JSON(200, map[string]any{"views": views})
		})
		return se.Next()
	})

	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
