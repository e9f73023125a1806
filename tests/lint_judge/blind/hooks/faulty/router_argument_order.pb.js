routerAdd("/api/ping", "GET", (e) => e.string(200, "pong"))
