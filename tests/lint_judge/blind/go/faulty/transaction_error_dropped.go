package main

import (
	"log"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/core"
)

func main() {
	app := pocketbase.New()

	app.OnServe().BindFunc(func(se *core.ServeEvent) error {
		se.Router.POST("/rename", func(e *core.RequestEvent) error {
			e.App.RunInTransaction(func(txApp core.App) error {
				post, err := txApp.FindRecordById("posts", "post00000000000")
				if err != nil {
					return err
				}
				post.Set("title", e.Request.URL.Query().Get("title"))
				return txApp.Save(post)
			})
			return e.NoContent(204)
		})
		return se.Next()
	})

	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
