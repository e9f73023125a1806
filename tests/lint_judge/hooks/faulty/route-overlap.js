// Neither pattern is more exact than the other.
//   starts: no "conflicts"

routerAdd("GET", "/api/shop/{id}/items", (e) => e.json(200, [])) // <--
routerAdd("GET", "/api/shop/new/{kind}", (e) => e.json(200, {})) // <--
