// shared helpers, loaded with require() inside of the handlers
module.exports = {
  slugify: (text) => text.toLowerCase().trim().replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, ""),
  limits: { title: 20 },
  greet(name) { return `Hallo ${name}` },
}
