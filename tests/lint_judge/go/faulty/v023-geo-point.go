// This field came with v0.27.
//   version: 0.23.12
//   build: "GeoPointField"

package main

import (
	"log"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/core"
)

func main() {
	app := pocketbase.New()

	app.OnServe().BindFunc(func(se *core.ServeEvent) error {
		shops := core.NewBaseCollection("shops")
		shops.Fields.Add(&core.GeoPointField{Name: "place"}) // <--
		if err := app.Save(shops); err != nil {
			return err
		}
		return se.Next()
	})

	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
