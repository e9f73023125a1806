routerAdd("POST", "/forward", (e) => {
  const res = $http.send({
    url: `http://${e.request.host}/api/collections/posts/records`,
    method: "POST",
    headers: { "content-type": "application/json" },
    body: { title: "weitergeleitet" },
    timeout: 10,
  })
  return e.json(res.statusCode, res.json)
})
