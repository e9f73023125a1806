package main

import (
	"log"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/core"
)

func main() {
	app := pocketbase.New()

	app.OnRecordsListRequest("posts").BindFunc(func(e *core.RecordsListRequestEvent) error {
		for _, r := range e.Records {
			r.Hide("author")
		}
		return e.Next()
	})

	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
