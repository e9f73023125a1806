// PocketBase has this one.
//   starts: no "conflicts"

package main

import (
	"log"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/core"
)

func main() {
	app := pocketbase.New()

	app.OnServe().BindFunc(func(se *core.ServeEvent) error {
		se.Router.GET("/api/health", func(e *core.RequestEvent) error { // <--
			return e.JSON(200, map[string]bool{"ok": true})
		})
		return se.Next()
	})

	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
