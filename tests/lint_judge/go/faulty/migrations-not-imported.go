// The package of the migrations is imported by nobody.
//   > GET /api/collections/books
//   < 404

package main

import (
	"log"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/plugins/migratecmd"
)

func main() {
	app := pocketbase.New()

	migratecmd.MustRegister(app, app.RootCmd, migratecmd.Config{Dir: "migrations"}) // <--

	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
// ==== migrations/1800000001_books.go
package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

func init() { // <--
	m.Register(func(app core.App) error { // <--
		books := core.NewBaseCollection("books")
		books.Fields.Add(&core.TextField{Name: "title", Required: true})
		return app.Save(books)
	}, func(app core.App) error {
		books, err := app.FindCollectionByNameOrId("books")
		if err != nil {
			return err
		}
		return app.Delete(books)
	})
}
