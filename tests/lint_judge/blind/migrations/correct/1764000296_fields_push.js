migrate((app) => {
  const posts = app.findCollectionByNameOrId("posts");
  const extra = [];
  extra.push({ name: "excerpt", type: "text" });
  posts.fields.addMarshaledJSON(JSON.stringify(extra));
  app.save(posts);
}, (app) => {
  const posts = app.findCollectionByNameOrId("posts");
  posts.fields.removeByName("excerpt");
  app.save(posts);
});
