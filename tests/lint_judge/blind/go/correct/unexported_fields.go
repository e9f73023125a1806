package main

import (
	"log"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/core"
)

func main() {
	app := pocketbase.New()

	app.OnServe().BindFunc(func(se *core.ServeEvent) error {
		se.Router.POST("/contact", func(e *core.RequestEvent) error {
			var data struct {
				Email   string `json:"email" form:"email"`
				Message string `json:"message" form:"message"`
				seen    bool
			}
			if err := e.BindBody(&data); err != nil {
				return e.BadRequestError("bad body", err)
			}
			data.seen = true
			return e.String(200, data.Email+"/"+data.Message)
		})
		return se.Next()
	})

	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
