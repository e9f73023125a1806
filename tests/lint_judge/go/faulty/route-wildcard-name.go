// A dash in a parameter's name.
//   starts: no "wildcard"

package main

import (
	"log"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/core"
)

func main() {
	app := pocketbase.New()

	app.OnServe().BindFunc(func(se *core.ServeEvent) error {
		se.Router.GET("/api/users/{user-id}", func(e *core.RequestEvent) error { // <--
			return e.String(200, e.Request.PathValue("user-id"))
		})
		return se.Next()
	})

	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
