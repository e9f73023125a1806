// Work that is put off until the handler returns.
//   > POST comments {"text":"hi"}
//   < 200
//   > GET comments
//   < 200 {"totalItems":3}

package main

import (
	"log"
	"time"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/core"
)

func main() {
	app := pocketbase.New()

	app.OnRecordCreate("comments").BindFunc(func(e *core.RecordEvent) error {
		started := time.Now()
		defer func() {
			log.Println("took", time.Since(started))
		}()

		return e.Next()
	})

	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
