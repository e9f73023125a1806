onBootstrap((e) => { e.next(); e.app.store().set("seit", new Date().getFullYear()) })
onTerminate((e) => { console.log("tschüss"); e.next() })
$app.rootCmd.addCommand(new Command({ use: "hallo", run: (cmd, args) => { console.log("Hallo " + args[0]) } }))
routerAdd("GET", "/seit", (e) => e.json(200, { seit: $app.store().get("seit") > 2000 }))
