package main

import (
	"log"
	"testing/fstest"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
)

func main() {
	app := pocketbase.New()

	app.OnServe().BindFunc(func(se *core.ServeEvent) error {
		files := fstest.MapFS{"css/site.css": {Data: []byte("body{}")}, "a.txt": {Data: []byte("a")}}
		se.Router.GET("/assets/{path}", apis.Static(files, false))
		return se.Next()
	})

	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
