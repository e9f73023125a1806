// A relation's target is an id.
//   starts: no "collectionId"

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
)

func init() {
	m.Register(func(app core.App) error {
		books := core.NewBaseCollection("books")
		books.Fields.Add(
			&core.TextField{Name: "title"},
			&core.RelationField{Name: "owner", CollectionId: "users", MaxSelect: 1}, // <--
		)
		return app.Save(books)
	}, nil)
}
