// The named handler forgets to hand on; the change is answered and not kept.
//   > PATCH orders/order0000000001 {"status":"paid"}
//   < 200
//   > GET orders/order0000000001
//   < 200 {"status":"new"}

function stampOrder(e) { // <--
  var now = new DateTime()
  e.record.set("notes", "changed " + now.string())
}

onRecordUpdate(stampOrder, "orders") // <--
