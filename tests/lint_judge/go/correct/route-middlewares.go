// A group with middlewares, which hand on.
//   > ann: GET /api/report
//   < 200 {"n":3}
//   > bob: GET /api/report
//   < 403
//   > guest: GET /api/report
//   < 401

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
		g.BindFunc(func(e *core.RequestEvent) error {
			if e.Auth.GetString("role") == "member" {
				return e.ForbiddenError("editors only", nil)
			}
			return e.Next()
		})
		g.GET("", func(e *core.RequestEvent) error {
			n, err := e.App.CountRecords("posts")
			if err != nil {
				return err
			}
			return e.JSON(200, map[string]int64{"n": n})
		})
		return se.Next()
	})

	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
