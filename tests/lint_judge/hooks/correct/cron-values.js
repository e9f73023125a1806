// Crons as the parser takes them.
//   > GET /api/crons
//   < 200 "every-5" "weekdays" "macro"

/* every five minutes: */
cronAdd("every-5", "*/5 * * * *", () => { console.log("tick") })
cronAdd("weekdays", "30 8-18/2 * * 1-5", function () {
  $app.logger().debug("working hours")
})
cronAdd("macro", "@hourly", () => {})
cronAdd("gone", "1 1 1 1 *", () => {})
cronRemove("gone")
