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
		// was RequireAdminAuth
		se.Router.GET("/stats", func(e *core.RequestEvent) error {
			return e.JSON(200, map[string]int{"ok": 1})
		}).Bind(apis.RequireSuperuserAuth())
		return se.Next()
	})

	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
