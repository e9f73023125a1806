// A Handler with an id and a priority.
//   > POST posts {"title":"Some Title"}
//   < 200 {"slug":"some-title"}

package main

import (
	"log"
	"strings"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"
)

func main() {
	app := pocketbase.New()

	app.OnRecordCreate("posts").Bind(&hook.Handler[*core.RecordEvent]{
		Id:       "slugs",
		Priority: -10,
		Func: func(e *core.RecordEvent) error {
			e.Record.Set("slug", strings.ReplaceAll(strings.ToLower(e.Record.GetString("title")), " ", "-"))
			return e.Next()
		},
	})

	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
