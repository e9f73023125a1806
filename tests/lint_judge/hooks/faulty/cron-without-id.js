// The job's name is missing.
//   > GET /api/crons
//   < 200 !"nightly"
//   log: "failed to execute main.pb.js"

const EVERY_NIGHT = "0 2 * * *"
cronAdd(EVERY_NIGHT, () => { // <--
  console.log("nightly")
})
