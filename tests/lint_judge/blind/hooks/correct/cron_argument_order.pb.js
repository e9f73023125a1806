cronAdd("*/5 cleanup", "*/5 * * * *", () => {
  console.log("aufräumen")
})
