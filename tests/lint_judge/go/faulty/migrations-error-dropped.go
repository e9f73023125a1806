// What Save says is not looked at: applied, and there is no such collection.
//   > GET /api/collections/books
//   < 404

package main

import (
	"log"

	_ "app/migrations"
	"github.com/pocketbase/pocketbase"
)

func main() {
	app := pocketbase.New()



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
		books.ListRule = types.Pointer("owner = @request.auth.id") // <--
		books.Fields.Add(&core.TextField{Name: "title"})
		app.Save(books) // <--
		return nil
	}, nil)
}
