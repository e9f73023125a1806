// A named handler in another package.
//   > POST posts {"title":"x"}
//   < 200
//   > GET posts
//   < 200 {"totalItems":3}

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

func stampPost(e *core.RecordEvent) error { // <--
	title := e.Record.GetString("title")
	e.Record.Set("slug", strings.ReplaceAll(strings.ToLower(title), " ", "-"))
	return nil // <--
}
