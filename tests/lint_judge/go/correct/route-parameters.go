// Path, query, header, body.
//   > POST /api/echo/7?full=1 {"name":"Ann"}
//   < 200 {"id":"7","full":"1","name":"Ann"}

package main

import (
	"log"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/core"
)

func main() {
	app := pocketbase.New()

	app.OnServe().BindFunc(func(se *core.ServeEvent) error {
		se.Router.POST("/api/echo/{id}", func(e *core.RequestEvent) error {
			body := struct {
				Name string `json:"name"`
			}{}
			if err := e.BindBody(&body); err != nil {
				return e.BadRequestError("unreadable", err)
			}
			return e.JSON(200, map[string]string{
				"id":   e.Request.PathValue("id"),
				"full": e.Request.URL.Query().Get("full"),
				"name": body.Name,
			})
		})

		return se.Next()
	})

	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
