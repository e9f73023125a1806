onBootstrap((e) => {
  const total = e.app.countRecords("posts")
  console.log("posts:", total)
  e.next()
})
