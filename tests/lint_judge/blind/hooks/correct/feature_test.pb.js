routerAdd("GET", "/features", (e) => {
  const has = { fetch: typeof fetch !== "undefined", timers: typeof setTimeout === "function", env: !!process.env.HOME, buf: Buffer.from("hi").toString("base64") }
  return e.json(200, has)
})
