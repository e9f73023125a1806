// SQL of one's own that makes something and unmakes it.
//   > GET posts
//   < 200 {"totalItems":3}

migrate((app) => {
  app.db().newQuery("CREATE TABLE IF NOT EXISTS search_words (word TEXT PRIMARY KEY, n INTEGER DEFAULT 0)").execute()
  app.db().newQuery("INSERT INTO search_words (word, n) VALUES ({:word}, 1)").bind({ word: "pocketbase" }).execute()
}, (app) => {
  app.db().dropTable("search_words").execute()
})
