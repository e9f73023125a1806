// Imported, and its functions are given to nobody.
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
)

// Up makes the books. // <--
func Up(app core.App) error { // <--
	books := core.NewBaseCollection("books")
	books.Fields.Add(&core.TextField{Name: "title"})
	return app.Save(books)
}

// Down takes them away.
func Down(app core.App) error { // <--
	books, err := app.FindCollectionByNameOrId("books")
	if err != nil {
		return err
	}
	return app.Delete(books)
}
