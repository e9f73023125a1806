routerAdd("GET", "/seal", (e) => {
  const key = $security.sha256("my-secret-key").slice(0, 32)
  const sealed = $security.encrypt("hello", key)
  return e.json(200, { opened: $security.decrypt(sealed, key) })
})
