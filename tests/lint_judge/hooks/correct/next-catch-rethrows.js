// Handed on within `try`; the error goes on too.
//   > POST comments {"text":"hi","post":"post00000000001"}
//   < 200
//   > GET comments
//   < 200 {"totalItems":3}

onRecordCreate((e) => {
  try {
    e.next()
  } catch (err) {
    $app.logger().warn("comment refused", "reason", String(err))
    throw err
  }
}, "comments")
