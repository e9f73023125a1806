package main

import (
	"log"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/core"
)

func main() {
	app := pocketbase.New()

	app.OnServe().BindFunc(func(se *core.ServeEvent) error {
		se.Router.BindFunc(func(e *core.RequestEvent) error {
			if e.Request.Header.Get("X-Maintenance") != "" {
				return e.JSON(503, map[string]string{"message": "zu"})
			}
			return e.Next()
		})
		se.Router.Any("/echo/{rest...}", func(e *core.RequestEvent) error {
			return e.String(200, e.Request.Method+" "+e.Request.PathValue("rest")+" not /:id")
		})
		return se.Next()
	})

	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
