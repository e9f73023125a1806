cronAdd("*/5 * * * *", "cleanup", () => {
  console.log("aufräumen")
})
