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
			data := struct {
				email   string `json:"email"`
				message string `json:"message"`
			}{}
			if err := e.BindBody(&data); err != nil {
				return e.BadRequestError("bad body", err)
			}
			return e.String(200, data.email+"/"+data.message)
		})
		return se.Next()
	})

	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
