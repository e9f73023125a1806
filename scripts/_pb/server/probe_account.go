// For the account of the scripts: `superuser create` takes its password from the environment, because others see the
// arguments of a process. A command runs the migrations of the system alone, and already applied ones only ask whether
// they must be again: so the first of them, whichever of both it is, gives us the app, and nothing is booked.

package main

import (
	"os"

	"github.com/pocketbase/pocketbase/core"
)

func init() {
	password := os.Getenv("PB_SKILL_NEW_PASSWORD")
	if password == "" {
		return
	}
	first := core.SystemMigrations.Items()[0]
	up, reapply := first.Up, first.ReapplyCondition
	bind := func(app core.App) {
		app.OnRecordCreate(core.CollectionNameSuperusers).BindFunc(func(e *core.RecordEvent) error {
			e.Record.SetPassword(password)
			return e.Next()
		})
	}
	first.Up = func(app core.App) error {
		bind(app)
		return up(app)
	}
	first.ReapplyCondition = func(app core.App, runner *core.MigrationsRunner, file string) (bool, error) {
		bind(app)
		if reapply != nil {
			return reapply(app, runner, file)
		}
		return false, nil
	}
}
