package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

// DESCRIPTION
func init() {
	m.Register(func(app core.App) error {
		// UP: what this migration does. Examples:
		//
		// seed a record
		//   collection, err := app.FindCollectionByNameOrId("categories")
		//   if err != nil {
		//       return err
		//   }
		//   record := core.NewRecord(collection)
		//   record.Set("name", "News")
		//   return app.Save(record)
		//
		// raw SQL
		//   _, err := app.DB().NewQuery("UPDATE posts SET status = 'draft' WHERE status = ''").Execute()
		//   return err
		return nil
	}, func(app core.App) error {
		// DOWN: undo it.
		return nil
	})
}
