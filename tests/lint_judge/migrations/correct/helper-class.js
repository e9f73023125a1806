// A class of the file that does the work.
//   > GET /api/collections/books
//   < 200 "title" "created"
//   down: 1
//   > GET /api/collections/books
//   < 404

class Table {
  constructor(name) { this.name = name; this.fields = [] }
  text(name, more = {}) { this.fields.push({ name, type: "text", ...more }); return this }
  stamps() {
    this.fields.push({ name: "created", type: "autodate", onCreate: true })
    return this
  }
  create(app) { app.save(new Collection({ name: this.name, type: "base", fields: this.fields })) }
  drop(app) { app.delete(app.findCollectionByNameOrId(this.name)) }
}

const books = new Table("books").text("title", { required: true }).stamps()

migrate((app) => books.create(app), (app) => books.drop(app))
