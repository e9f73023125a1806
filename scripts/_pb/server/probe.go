// The build of a throwaway copy adds this file to the main package of a Go project, which stays as it is on the disk
// (go build -overlay). A program does not know its routes before it serves, nor is there a call that lists them: a
// migration of ours runs right before the OnServe hooks, gets the app, and so binds the first and the last of these
// hooks: what the last one sees beyond the first is custom. The router's groups keep their routes to themselves, but
// reflection may read them.

package main

import (
	"encoding/json"
	"os"
	"reflect"
	"runtime"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"
)

func init() {
	target := os.Getenv("POCKETBASE_PROBE_ROUTES")
	if target == "" {
		return
	}
	type route struct {
		Method   string `json:"method"`
		Pattern  string `json:"pattern"`
		Function string `json:"function"`
		File     string `json:"file"`
		Line     int    `json:"line"`
	}
	var walk func(group reflect.Value, prefix string) []route
	walk = func(group reflect.Value, prefix string) []route {
		found := []route{}
		prefix += group.FieldByName("Prefix").String()
		children := group.FieldByName("children")
		for i := 0; i < children.Len(); i++ {
			child := children.Index(i).Elem().Elem()
			if child.FieldByName("children").IsValid() {
				found = append(found, walk(child, prefix)...)
				continue
			}
			one := route{Method: child.FieldByName("Method").String(), Pattern: prefix + child.FieldByName("Path").String()}
			if function := runtime.FuncForPC(child.FieldByName("Action").Pointer()); function != nil {
				one.Function = function.Name()
				one.File, one.Line = function.FileLine(function.Entry())
			}
			found = append(found, one)
		}
		return found
	}
	own := map[string]bool{}
	core.AppMigrations.Register(func(app core.App) error {
		app.OnServe().Bind(&hook.Handler[*core.ServeEvent]{
			Priority: -1 << 30,
			Func: func(e *core.ServeEvent) error {
				for _, one := range walk(reflect.ValueOf(e.Router.RouterGroup).Elem(), "") {
					own[one.Method+" "+one.Pattern] = true
				}
				return e.Next()
			},
		})
		app.OnServe().Bind(&hook.Handler[*core.ServeEvent]{
			Priority: 1 << 30,
			Func: func(e *core.ServeEvent) error {
				custom := []route{}
				for _, one := range walk(reflect.ValueOf(e.Router.RouterGroup).Elem(), "") {
					if !own[one.Method+" "+one.Pattern] {
						custom = append(custom, one)
					}
				}
				text, err := json.Marshal(custom)
				if err == nil {
					err = os.WriteFile(target, text, 0o600)
				}
				if err != nil {
					return err
				}
				return e.Next()
			},
		})
		return nil
	}, nil, "!pocketbase_probe.go")
}
