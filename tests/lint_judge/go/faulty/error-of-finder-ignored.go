// Where there is none, the record is nil.
//   > GET /api/show/nothing
//   < 500

package main

import (
	"log"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/core"
)

func main() {
	app := pocketbase.New()

	app.OnServe().BindFunc(func(se *core.ServeEvent) error {
		se.Router.GET("/api/show/{id}", func(e *core.RequestEvent) error {
			post, _ := e.App.FindRecordById("posts", e.Request.PathValue("id")) // <--
			return e.String(200, post.GetString("title")) // <--
		})
		return se.Next()
	})

	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
