// Built, bound, never executed.
//   > POST /api/reset
//   < 204
//   > GET posts/post00000000001
//   < 200 {"views":5}

package main

import (
	"log"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/core"
)

func main() {
	app := pocketbase.New()

	app.OnServe().BindFunc(func(se *core.ServeEvent) error {
		se.Router.POST("/api/reset", func(e *core.RequestEvent) error {
			e.App.DB().NewQuery("UPDATE posts SET views = {:n}").Bind(dbx.Params{"n": 0}) // <--
			return e.NoContent(204)
		})
		return se.Next()
	})

	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
