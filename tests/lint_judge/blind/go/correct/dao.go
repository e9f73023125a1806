package main

import (
	"log"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/core"
)

func main() {
	app := pocketbase.New()

	app.OnServe().BindFunc(func(se *core.ServeEvent) error {
		dao := app // was app.Dao()
		se.Router.GET("/first", func(e *core.RequestEvent) error {
			record, err := dao.FindFirstRecordByData("posts", "slug", "b")
			if err != nil {
				return e.NotFoundError("", err)
			}
			return e.String(200, record.GetString("title"))
		})
		return se.Next()
	})

	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
