// The job fails each night, seen in the log alone.
//   > POST /api/crons/cleanup
//   < 204
//   wait: 0.6
//   > GET posts
//   < 200 {"totalItems":3}
//   log: "KEEP_DAYS is not defined"

const KEEP_DAYS = 30

cronAdd("cleanup", "0 3 * * *", () => {
  const old = $app.findRecordsByFilter("posts", "status = 'draft'", "", 100, 0)
  console.log("keeping", KEEP_DAYS) // <--
  old.forEach((r) => $app.delete(r))
})
