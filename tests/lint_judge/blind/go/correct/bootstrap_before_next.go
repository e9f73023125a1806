package main

import (
	"log"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/core"
)

func main() {
	app := pocketbase.New()

	app.OnBootstrap().BindFunc(func(e *core.BootstrapEvent) error {
		if err := e.Next(); err != nil {
			return err
		}
		total, err := e.App.CountRecords("posts")
		if err != nil {
			return err
		}
		log.Println("posts:", total)
		return nil
	})

	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
