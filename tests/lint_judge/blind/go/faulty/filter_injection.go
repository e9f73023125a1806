package main

import (
	"fmt"
	"log"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/core"
)

func main() {
	app := pocketbase.New()

	app.OnServe().BindFunc(func(se *core.ServeEvent) error {
		se.Router.GET("/search", func(e *core.RequestEvent) error {
			q := e.Request.URL.Query().Get("q")
			records, err := e.App.FindRecordsByFilter("posts", fmt.Sprintf("slug = '%s'", q), "", 10, 0)
			if err != nil {
				return e.BadRequestError("", err)
			}
			return e.JSON(200, len(records))
		})
		return se.Next()
	})

	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
