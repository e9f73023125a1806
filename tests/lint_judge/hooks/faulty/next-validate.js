// A validator that passes by saying nothing: the record is not stored.
//   > PATCH users/bob000000000000 {"name":"Robert"}
//   < 200
//   > GET users/bob000000000000
//   < 200 {"name":"Bob"}

onRecordUpdate((e) => { // <--
  const credits = e.record.getInt("credits")
  if (credits < 0) {
    throw new BadRequestError("no credit", { credits: new ValidationError("negative", "must not be negative") })
  }
}, "users")
