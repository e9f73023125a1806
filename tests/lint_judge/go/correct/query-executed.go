// Built, bound, executed, read.
//   > POST /api/reset
//   < 200 {"total":55.5}
//   > GET posts/post00000000001
//   < 200 {"views":0}

package main

import (
	"log"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/core"
)

func main() {
	app := pocketbase.New()

	app.OnServe().BindFunc(func(se *core.ServeEvent) error {
		se.Router.POST("/api/reset", func(e *core.RequestEvent) error {
			_, err := e.App.DB().NewQuery("UPDATE posts SET views = {:n} WHERE id = {:id}").
				Bind(dbx.Params{"n": 0, "id": "post00000000001"}).
				Execute()
			if err != nil {
				return err
			}
			row := struct {
				Total float64 `db:"total" json:"total"`
			}{}
			if err := e.App.DB().Select("SUM(total) AS total").From("orders").One(&row); err != nil {
				return err
			}
			return e.JSON(200, row)
		})
		return se.Next()
	})

	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
