// What may be missing is asked for.
//   > GET /api/show/nothing
//   < 404 "No such post"
//   > GET /api/show/post00000000001
//   < 200 "First"

package main

import (
	"database/sql"
	"errors"
	"log"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/core"
)

func main() {
	app := pocketbase.New()

	app.OnServe().BindFunc(func(se *core.ServeEvent) error {
		se.Router.GET("/api/show/{id}", func(e *core.RequestEvent) error {
			post, err := e.App.FindRecordById("posts", e.Request.PathValue("id"))
			if errors.Is(err, sql.ErrNoRows) {
				return e.NotFoundError("No such post here.", nil)
			}
			if err != nil {
				return e.InternalServerError("", err)
			}
			return e.String(200, post.GetString("title"))
		})
		return se.Next()
	})

	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
