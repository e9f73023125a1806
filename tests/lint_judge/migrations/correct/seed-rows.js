// Rows from a list, taken back by their marks.
//   > GET posts
//   < 200 {"totalItems":5}
//   down: 1
//   > GET posts
//   < 200 {"totalItems":3}

const SEEDS = [
  { title: "About", slug: "about", status: "published" },
  { title: "Imprint", slug: "imprint", status: "published" },
]

migrate((app) => {
  const posts = app.findCollectionByNameOrId("posts")
  SEEDS.forEach((seed) => {
    const record = new Record(posts)
    record.load(seed)
    app.save(record)
  })
}, (app) => {
  SEEDS.forEach(({ slug }) => app.delete(app.findFirstRecordByData("posts", "slug", slug)))
})
