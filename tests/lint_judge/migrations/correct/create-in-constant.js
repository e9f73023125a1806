// The fields stand in constants above, some made by functions.
//   > POST shirts {"name":"x","size":"m"}
//   < 200 {"size":"m"}
//   > POST shirts {"name":"much too long a name"}
//   < 400

const text = (name, options = {}) => ({ name, type: "text", ...options })
const stamps = [
  { name: "created", type: "autodate", onCreate: true },
  { name: "updated", type: "autodate", onCreate: true, onUpdate: true },
]
const NAME = "shirts"

migrate((app) => {
  const size = { name: "size", type: "select", maxSelect: 1, values: ["s", "m", "l"] }
  app.save(new Collection({ name: NAME, type: "base", fields: [text("name", { max: 10 }), size, ...stamps] }))
}, (app) => {
  app.delete(app.findCollectionByNameOrId(NAME))
})
