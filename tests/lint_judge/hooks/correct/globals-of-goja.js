// What is there beside JavaScript itself: Buffer, process.env, sleep, console.
//   > GET /api/env
//   < 200 {"b":"aGk=","home":true,"hook":true}

routerAdd("GET", "/api/env", (e) => {
  sleep(1)
  console.error("to the log")
  console.warn("and this")
  return e.json(200, {
    b: Buffer.from("hi").toString("base64"),
    home: !!process.env.PATH,
    hook: __hooks.endsWith("pb_hooks"),
  })
})
