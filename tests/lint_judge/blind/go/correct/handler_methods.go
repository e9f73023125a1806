package main

import (
	"fmt"
	"log"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/core"
)

type zähler struct {
	app core.App
}

func (z *zähler) onCreate(e *core.RecordEvent) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("zähler: %w", err)
		}
	}()
	if err = e.Next(); err != nil {
		return
	}
	stats, err := e.App.FindCollectionByNameOrId("stats")
	if err != nil {
		return err
	}
	stat := core.NewRecord(stats)
	stat.Set("name", "gezählt")
	return e.App.Save(stat)
}

func main() {
	app := pocketbase.New()
	z := &zähler{app: app}
	app.OnRecordCreate("posts").BindFunc(z.onCreate)
	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
