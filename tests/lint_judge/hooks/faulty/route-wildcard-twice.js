// One name twice in a pattern.
//   starts: no "duplicate wildcard name"

routerAdd("GET", "/api/teams/{id}/members/{id}", (e) => e.json(200, {})) // <--
