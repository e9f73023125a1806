routerAdd("POST", "/forward", (e) => {
  const body = { title: "weitergeleitet" }
  const res = $http.send({
    url: `http://${e.request.host}/api/collections/posts/records`,
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
    timeout: 10,
  })
  return e.json(res.statusCode, res.json)
})
