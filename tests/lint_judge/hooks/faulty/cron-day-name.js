// Days are numbers.
//   > GET /api/crons
//   < 200 !"weekly"
//   log: "failed to execute main.pb.js"

cronAdd("weekly", "0 9 * * MON", () => { // <--
  $app.logger().info("it is Monday")
})
