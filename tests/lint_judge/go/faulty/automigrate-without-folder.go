// What the dashboard changes is written beside pb_data, not where the program's migrations are.
//   > POST /api/collections {"name":"notes","type":"base","fields":[{"name":"text","type":"text"}]}
//   < 200
//   missing: db/migrations/*notes*
//   exists: migrations/*notes*

package main

import (
	"log"

	_ "app/db/migrations"
	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/plugins/migratecmd"
)

func main() {
	app := pocketbase.New()

	migratecmd.MustRegister(app, app.RootCmd, migratecmd.Config{ // <--
		Automigrate: true, // <--
	})

	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
// ==== db/migrations/1800000001_books.go
package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

func init() {
	m.Register(func(app core.App) error {
		books := core.NewBaseCollection("books")
		books.Fields.Add(&core.TextField{Name: "title"})
		return app.Save(books)
	}, func(app core.App) error {
		books, err := app.FindCollectionByNameOrId("books")
		if err != nil {
			return err
		}
		return app.Delete(books)
	})
}
