// For commands other than `serve`, which run the migrations of the system alone; already applied ones only ask whether
// they must be again. So the first of them, whichever of both it is, gives us the app, and nothing of ours is booked.

package main

import (
	"encoding/json"
	"os"

	"github.com/pocketbase/pocketbase/core"
)

func init() {
	password := os.Getenv("PB_SKILL_NEW_PASSWORD")
	target := os.Getenv("POCKETBASE_PROBE_MIGRATIONS")
	if password == "" && target == "" {
		return
	}
	look := func(app core.App) error {
		// `superuser create` takes its password from the environment, because others see the arguments of a process.
		if password != "" {
			app.OnRecordCreate(core.CollectionNameSuperusers).BindFunc(func(e *core.RecordEvent) error {
				e.Record.SetPassword(password)
				return e.Next()
			})
		}
		// The names of the migrations that the program has, those in JavaScript too.
		if target != "" {
			names := []string{}
			for _, item := range core.AppMigrations.Items() {
				names = append(names, item.File)
			}
			text, err := json.Marshal(names)
			if err != nil {
				return err
			}
			return os.WriteFile(target, text, 0o600)
		}
		return nil
	}
	first := core.SystemMigrations.Items()[0]
	up, reapply := first.Up, first.ReapplyCondition
	first.Up = func(app core.App) error {
		if err := look(app); err != nil {
			return err
		}
		return up(app)
	}
	first.ReapplyCondition = func(app core.App, runner *core.MigrationsRunner, file string) (bool, error) {
		if err := look(app); err != nil || reapply == nil {
			return false, err
		}
		return reapply(app, runner, file)
	}
}
