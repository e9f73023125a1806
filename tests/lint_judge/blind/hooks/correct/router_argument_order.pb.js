routerAdd("get", "/api/ping", e => e.string(200, "pong"))
