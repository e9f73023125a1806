// Regular expressions with quotes, slashes and brackets; division beside them.
//   > GET /api/clean
//   < 200 {"text":"a b c","half":2,"ok":true,"path":"x/y"}

routerAdd("GET", "/api/clean", (e) => {
  const text = `a/*b*/"c"`.replace(/[/*"'`]+/g, " ").trim()
  const four = 4, g = 2
  const half = four / g
  const ok = /^[^}"']*$/.test("plain") && !/\/\/ e\.next\(/.test("code")
  if (ok) /unused/.test("x")
  const path = "x//y".replace(/\/{2,}/, "/")
  return e.json(200, { text, half, ok, path })
})
