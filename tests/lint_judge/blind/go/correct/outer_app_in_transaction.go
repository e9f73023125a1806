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
			err := app.RunInTransaction(func(app core.App) error { // app is the transaction's in here
				for id, views := range map[string]int{"post00000000000": 11, "post00000000001": 9} {
					post, err := app.FindRecordById("posts", id)
					if err != nil {
						return err
					}
					post.Set("views", views)
					if err := app.Save(post); err != nil {
						return err
					}
				}
				return nil
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
