routerAdd("GET", "/seal", (e) => {
  const sealed = $security.encrypt("hello", "my-secret-key")
  return e.json(200, { opened: $security.decrypt(sealed, "my-secret-key") })
})
