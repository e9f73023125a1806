// Six fields, as other crons have them.
//   > GET /api/crons
//   < 200 !"tick"
//   log: "failed to execute main.pb.js"

cronAdd("tick", "0 */5 * * * *", () => console.log("tick")) // <--
