module.exports = {
  onCreate(e) {
    e.record.set("body", "aus dem Modul")
    return e.next()
  },
}
