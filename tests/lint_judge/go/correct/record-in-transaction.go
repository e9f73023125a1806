// All or nothing.
//   > POST /api/checkout
//   < 200
//   > GET orders
//   < 200 {"totalItems":3}

package main

import (
	"log"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/core"
)

func main() {
	app := pocketbase.New()

	app.OnServe().BindFunc(func(se *core.ServeEvent) error {
		se.Router.POST("/api/checkout", func(e *core.RequestEvent) error {
			err := e.App.RunInTransaction(func(txApp core.App) error {
				orders, err := txApp.FindCollectionByNameOrId("orders")
				if err != nil {
					return err
				}
				order := core.NewRecord(orders)
				order.Load(map[string]any{"number": "T-1", "total": 12.5})
				return txApp.Save(order)
			})
			if err != nil {
				return e.BadRequestError("declined", err)
			}
			return e.JSON(200, map[string]bool{"ok": true})
		})
		return se.Next()
	})

	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
