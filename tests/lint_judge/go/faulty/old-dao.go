// `app.Dao()`.
//   build: "Dao"

package main

import (
	"log"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/core"
)

func main() {
	app := pocketbase.New()

	app.OnServe().BindFunc(func(se *core.ServeEvent) error {
		record, err := app.Dao().FindRecordById("posts", "post00000000001") // <--
		if err != nil {
			return err
		}
		log.Println(record.Id)
		return se.Next()
	})

	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
