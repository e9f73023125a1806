// Files in pb_hooks, with the plugin that reads them.
//   > GET /api/ping
//   < 200 "pong"

package main

import (
	"log"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/plugins/jsvm"
)

func main() {
	app := pocketbase.New()

	jsvm.MustRegister(app, jsvm.Config{HooksWatch: false})

	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
// ==== pb_hooks/main.pb.js
routerAdd("GET", "/api/ping", (e) => e.string(200, "pong"))
