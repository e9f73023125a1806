// The request is to go out with `$http.send`.
//   > POST /api/notify {}
//   < 400
//   log: "fetch is not defined"

routerAdd("POST", "/api/notify", (e) => {
  fetch("http://127.0.0.1:9/hook", { method: "POST", body: JSON.stringify({ text: "hi" }) }) // <--
  return e.json(200, { sent: true })
})
