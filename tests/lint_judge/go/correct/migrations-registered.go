// Registered, imported, and taken back by its down.
//   > GET /api/collections/books
//   < 200 "title" {"listRule":"@request.auth.id != ''"}

package main

import (
	"log"

	_ "app/migrations"
	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/plugins/migratecmd"
)

func main() {
	app := pocketbase.New()

	migratecmd.MustRegister(app, app.RootCmd, migratecmd.Config{Dir: "migrations"})

	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
// ==== migrations/1800000001_books.go
package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
	"github.com/pocketbase/pocketbase/tools/types"
)

func init() {
	m.Register(func(app core.App) error {
		books := core.NewBaseCollection("books")
		books.ListRule = types.Pointer("@request.auth.id != ''")
		books.Fields.Add(
			&core.TextField{Name: "title", Required: true, Max: 200},
			&core.RelationField{Name: "owner", CollectionId: "_pb_users_auth_", MaxSelect: 1},
			&core.NumberField{Name: "pages", Min: types.Pointer(1.0)},
			&core.AutodateField{Name: "created", OnCreate: true},
		)
		books.AddIndex("idx_books_title", true, "title", "")
		return app.Save(books)
	}, func(app core.App) error {
		books, err := app.FindCollectionByNameOrId("books")
		if err != nil {
			return err
		}
		return app.Delete(books)
	})
}
