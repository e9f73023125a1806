routerAdd("POST", "/hooks/pay", (e) => {
  const crypto = { hmac: (text, key) => $security.hs256(text, key) }
  const body = toString(e.request.body)
  if (!$security.equal(e.request.header.get("X-Signature"), crypto.hmac(body, "geheim"))) {
    throw new ForbiddenError("bad signature")
  }
  return e.json(200, { ok: true })
})
