package main

import (
	"log"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/core"
)

func main() {
	app := pocketbase.New()

	app.OnServe().BindFunc(func(se *core.ServeEvent) error {
		se.Router.POST("/both", func(e *core.RequestEvent) error {
			err := app.RunInTransaction(func(txApp core.App) error {
				post, err := txApp.FindRecordById("posts", "post00000000000")
				if err != nil {
					return err
				}
				post.Set("views", 11)
				if err := txApp.Save(post); err != nil {
					return err
				}
				other, err := txApp.FindRecordById("posts", "post00000000001")
				if err != nil {
					return err
				}
				other.Set("views", 9)
				return app.Save(other)
			})
			if err != nil {
				return err
			}
			return e.NoContent(204)
		})
		return se.Next()
	})

	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
