// Files in pb_hooks, and no plugin that would read them.
//   > GET /api/ping
//   < 404
//   says: jsvm

package main

import (
	"log"

	"github.com/pocketbase/pocketbase"
)

func main() {
	app := pocketbase.New()

	log.Println("see pb_hooks for the routes")

	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
// ==== pb_hooks/main.pb.js
routerAdd("GET", "/api/ping", (e) => e.string(200, "pong"))
