// apis.RequestInfo of the context.
//   build: "RequestInfo"

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
		se.Router.GET("/api/me", func(c *core.RequestEvent) error {
			info := apis.RequestInfo(c) // <--
			return c.JSON(200, info.AuthRecord)
		})
		return se.Next()
	})

	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
