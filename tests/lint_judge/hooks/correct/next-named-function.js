// A named handler, hoisted below its use.
//   > PATCH orders/order0000000001 {"status":"paid"}
//   < 200
//   > GET orders/order0000000001
//   < 200 {"notes":"touched"}

onRecordUpdate(touch, "orders")

function touch(e) {
  e.record.set("notes", "touched")
  return e.next()
}
