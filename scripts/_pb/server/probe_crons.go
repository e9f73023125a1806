// For trials: the jobs of a program are there, and can be run one by one, but none comes due, as the clock that asks for
// them is stopped once the server has started it. As in the probe for commands, the first migration of the system gives
// us the app.

package main

import (
	"os"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"
)

func init() {
	if os.Getenv("POCKETBASE_PROBE_CRONS") != "off" {
		return
	}
	first := core.SystemMigrations.Items()[0]
	up, reapply := first.Up, first.ReapplyCondition
	stop := func(app core.App) {
		app.OnServe().Bind(&hook.Handler[*core.ServeEvent]{
			Id:       "pocketbase_probe_crons",
			Priority: 1 << 30,
			Func: func(e *core.ServeEvent) error {
				app.Cron().Stop()
				return e.Next()
			},
		})
	}
	first.Up = func(app core.App) error {
		stop(app)
		return up(app)
	}
	first.ReapplyCondition = func(app core.App, runner *core.MigrationsRunner, file string) (bool, error) {
		stop(app)
		if reapply == nil {
			return false, nil
		}
		return reapply(app, runner, file)
	}
}
