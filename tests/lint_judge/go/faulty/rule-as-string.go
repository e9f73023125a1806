// A rule is a pointer to a text.
//   build: "cannot use"

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
		books.ListRule = "@request.auth.id != ''" // <--
		books.Fields.Add(&core.TextField{Name: "title"})
		return app.Save(books)
	}, nil)
}
