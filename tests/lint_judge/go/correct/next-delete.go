// Deleted, after a look at what hangs on it.
//   > DELETE posts/post00000000003
//   < 204
//   > GET posts/post00000000003
//   < 404

package main

import (
	"errors"
	"log"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/core"
)

func main() {
	app := pocketbase.New()

	app.OnRecordDelete("posts").BindFunc(func(e *core.RecordEvent) error {
		comments, err := e.App.FindAllRecords("comments")
		if err != nil {
			return err
		}
		for _, comment := range comments {
			if comment.GetString("post") == e.Record.Id {
				return errors.New("a post with comments stays")
			}
		}
		return e.Next()
	})

	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
