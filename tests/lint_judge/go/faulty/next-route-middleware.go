// A route's own middleware that lets nobody through.
//   > ann: GET /api/report
//   < 200 null

package main

import (
	"log"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
)

func main() {
	app := pocketbase.New()

	app.OnServe().BindFunc(func(se *core.ServeEvent) error {
		g := se.Router.Group("/api/report")
		g.Bind(apis.RequireAuth())
		g.BindFunc(func(e *core.RequestEvent) error { // <--
			if e.Auth.GetString("role") == "member" {
				return e.ForbiddenError("editors only", nil)
			}
			return nil // <--
		})
		g.GET("", func(e *core.RequestEvent) error {
			return e.JSON(200, map[string]int{"n": 1})
		})
		return se.Next()
	})

	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
