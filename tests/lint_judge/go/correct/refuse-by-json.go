// One that writes the answer itself.
//   > guest: POST posts {"title":"x"}
//   < 403 {"error":"members only"}
//   > GET posts
//   < 200 {"totalItems":3}

package main

import (
	"log"
	"net/http"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/core"
)

func main() {
	app := pocketbase.New()

	app.OnRecordCreateRequest("posts").BindFunc(func(e *core.RecordRequestEvent) error {
		if e.Auth == nil {
			return e.JSON(http.StatusForbidden, map[string]string{"error": "members only"})
		}
		return e.Next()
	})

	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
