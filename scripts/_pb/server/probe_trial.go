// For the check of migrations: each of a Go program's migrations is followed by a trial of its down, which is taken
// back. What there is before, after and in between is written down, as the trial of JavaScript migrations does.

package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/pocketbase/pocketbase/core"
)

func init() {
	folder := os.Getenv("POCKETBASE_PROBE_TRIAL")
	if folder == "" {
		return
	}
	note := func(app core.App, name string, failure error) error {
		collections, err := app.FindAllCollections()
		if err != nil {
			return err
		}
		rows := map[string]int64{}
		for _, collection := range collections {
			if !collection.IsView() {
				if rows[collection.Name], err = app.CountRecords(collection.Name); err != nil {
					return err
				}
			}
		}
		message := ""
		if failure != nil {
			message = failure.Error()
		}
		text, err := json.Marshal(map[string]any{"collections": collections, "rows": rows, "error": message})
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(folder, name+".json"), text, 0o600)
	}
	safely := func(down func(core.App) error, app core.App) (err error) {
		defer func() {
			if thrown := recover(); thrown != nil {
				err = fmt.Errorf("panic: %v", thrown)
			}
		}()
		if down == nil {
			return nil
		}
		return down(app)
	}
	run := func(app core.App, statements ...string) error {
		for _, statement := range statements {
			if _, err := app.DB().NewQuery(statement).Execute(); err != nil {
				return err
			}
		}
		return app.ReloadCachedCollections()
	}
	for _, item := range core.AppMigrations.Items() {
		up, down, name := item.Up, item.Down, item.File
		item.Up = func(app core.App) error {
			if up != nil {
				if err := up(app); err != nil {
					return err
				}
			}
			if err := note(app, name+"-up", nil); err != nil {
				return err
			}
			if err := run(app, "SAVEPOINT trial"); err != nil {
				return err
			}
			failure := safely(down, app)
			if failure == nil {
				if err := note(app, name+"-down", nil); err != nil {
					return err
				}
			}
			if err := run(app, "ROLLBACK TO trial", "RELEASE trial"); err != nil {
				return err
			}
			if failure != nil {
				return note(app, name+"-down", failure)
			}
			return nil
		}
	}
	core.AppMigrations.Register(func(app core.App) error { return note(app, "start", nil) }, nil, "!pocketbase_trial.go")
}
