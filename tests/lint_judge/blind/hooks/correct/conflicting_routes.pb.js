// "/shop/suche" is more specific than "/shop/{kategorie}": no conflict
routerAdd("GET", "/shop/{kategorie}/neu", (e) => e.string(200, "neu in " + e.request.pathValue("kategorie")))
routerAdd("GET", "/shop/suche/neu", (e) => e.string(200, "suche " + "neu"))
routerAdd("POST", "/shop/suche/{begriff}", (e) => e.string(200, "suche " + e.request.pathValue("begriff")))
