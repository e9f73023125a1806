routerAdd("GET", "/api/proxy-health", (e) => {
  const fetch = (url) => $http.send({ url, method: "GET", timeout: 5 }) // looks like the browser's
  const port = e.request.host.split(":")[1]
  const res = fetch(`http://127.0.0.1:${port}/api/health`)
  return e.json(200, { upstream: res.json.code })
})
