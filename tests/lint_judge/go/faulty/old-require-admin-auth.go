// The middleware is called RequireSuperuserAuth.
//   build: "RequireAdminAuth"

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
		se.Router.GET("/api/stats", func(e *core.RequestEvent) error {
			return e.String(200, "stats")
		}).Bind(apis.RequireAdminAuth()) // <--
		return se.Next()
	})

	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
