/// <reference path="../pb_data/types.d.ts" />
const NAME = "invoices"
const EUR = { type: "number", min: 0 }

/** @param {string} name */
function money(name) {
  return { ...EUR, name, required: false }
}

class Builder {
  fields = []
  money(...names) { this.fields.push(...names.map(money)); return this }
  build() { return new Collection({ type: "base", name: NAME, fields: this.fields, listRule: "" }) }
}

migrate((app) => {
  app.save(new Builder().money("net", "vat").build())
}, (app) => {
  app.delete(app.findCollectionByNameOrId(NAME))
})
