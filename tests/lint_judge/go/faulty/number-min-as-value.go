// A number's limits are pointers.
//   build: "cannot use"

package main

import (
	"log"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/core"
)

func main() {
	app := pocketbase.New()

	app.OnServe().BindFunc(func(se *core.ServeEvent) error {
		products := core.NewBaseCollection("products")
		products.Fields.Add(&core.NumberField{Name: "price", Min: 0.0}) // <--
		if err := app.Save(products); err != nil {
			return err
		}
		return se.Next()
	})

	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
