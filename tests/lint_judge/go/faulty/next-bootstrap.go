// The app is never set up.
//   starts: no

package main

import (
	"log"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/core"
)

func main() {
	app := pocketbase.New()

	app.OnBootstrap().BindFunc(func(e *core.BootstrapEvent) error { // <--
		log.Println("starting")
		return nil // <--
	})

	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
