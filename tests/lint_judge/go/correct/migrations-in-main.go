// Registered in the main package itself.
//   > GET /api/collections/authors
//   < 200 "name"

package main

import (
	"log"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

func main() {
	app := pocketbase.New()



	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}

func init() {
	m.Register(func(app core.App) error {
		authors := core.NewAuthCollection("authors")
		authors.Fields.Add(&core.TextField{Name: "name"})
		return app.Save(authors)
	}, func(app core.App) error {
		authors, err := app.FindCollectionByNameOrId("authors")
		if err != nil {
			return err
		}
		return app.Delete(authors)
	}, "1800000001_authors.go")
}
