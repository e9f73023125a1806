onBootstrap((e) => {
  e.next()
  const total = e.app.countRecords("posts")
  console.log("posts:", total)
})
