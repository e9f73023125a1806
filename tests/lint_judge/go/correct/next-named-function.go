// A named handler in another package.
//   > POST posts {"title":"x"}
//   < 200 {"slug":"x"}
//   > GET posts
//   < 200 {"totalItems":4}

package main

import (
	"log"

	"app/hooks"
	"github.com/pocketbase/pocketbase"
)

func main() {
	app := pocketbase.New()

	hooks.Register(app)

	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
// ==== hooks/posts.go
package hooks

import (
	"strings"

	"github.com/pocketbase/pocketbase/core"
)

// Register binds the hooks.
func Register(app core.App) {
	app.OnRecordCreate("posts").BindFunc(stampPost)
}

func stampPost(e *core.RecordEvent) error {
	e.Record.Set("slug", strings.ToLower(e.Record.GetString("title")))
	return e.Next()
}
