// Old words in comments and texts, and names of one's own.
//   > GET /api/me
//   < 200 "daos.New(app.Dao()) and echo.Context"

package main

import (
	"log"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/core"
)

func main() {
	app := pocketbase.New()

	// Once: app.OnBeforeServe().Add(func(e *core.ServeEvent) error { e.Router.GET("/me/:id", ...) })
	app.OnServe().BindFunc(func(se *core.ServeEvent) error {
		models := struct{ Record string }{"daos.New(app.Dao()) and echo.Context"}
		se.Router.GET("/api/me", func(c *core.RequestEvent) error {
			return c.String(200, models.Record)
		})
		return se.Next()
	})

	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
