// Hashes, random texts and tokens of $security.
//   > GET /api/sec
//   < 200 {"sha":"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad","len":12,"id":"x"}

routerAdd("GET", "/api/sec", (e) => {
  const token = $security.createJWT({ id: "x" }, "k".repeat(32), 60)
  const claims = $security.parseJWT(token, "k".repeat(32))
  return e.json(200, {
    sha: $security.sha256("abc"),
    len: $security.randomString(12).length,
    id: claims.id,
  })
})
