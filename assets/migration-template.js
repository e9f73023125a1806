/// <reference path="../pb_data/types.d.ts" />

// DESCRIPTION
migrate((app) => {
  // UP: what this migration does. Examples:
  //
  // seed a record
  //   const record = new Record(app.findCollectionByNameOrId("categories"));
  //   record.set("name", "News");
  //   app.save(record);
  //
  // transform existing records
  //   for (const record of app.findAllRecords("posts")) {
  //     record.set("slug", record.getString("title").toLowerCase().replace(/[^a-z0-9]+/g, "-"));
  //     app.save(record);
  //   }
  //
  // raw SQL
  //   app.db().newQuery("UPDATE posts SET status = 'draft' WHERE status = ''").execute();
}, (app) => {
  // DOWN: undo it.
});
