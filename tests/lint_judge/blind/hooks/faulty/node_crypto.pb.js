routerAdd("POST", "/hooks/pay", (e) => {
  const crypto = require("crypto")
  const body = toString(e.request.body)
  const expected = crypto.createHmac("sha256", "geheim").update(body).digest("hex")
  if (e.request.header.get("X-Signature") !== expected) {
    throw new ForbiddenError("bad signature")
  }
  return e.json(200, { ok: true })
})
