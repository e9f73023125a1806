// Handed on before the app is used.
//   > GET posts
//   < 200 {"totalItems":3}

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
		log.Println("data in", e.App.DataDir())
		return nil
	})

	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
