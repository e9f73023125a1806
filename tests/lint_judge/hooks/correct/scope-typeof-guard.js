// A name that may be missing is asked for with typeof.
//   > GET /api/now
//   < 200 {"precise":false,"b64":"YWJj"}

routerAdd("GET", "/api/now", (e) => {
  const precise = typeof performance !== "undefined" && !!performance.now
  const encode = typeof btoa === "function" ? btoa : (s) => Buffer.from(s).toString("base64")
  return e.json(200, { precise, b64: encode("abc") })
})
