migrate((app) => {
  const posts = app.findCollectionByNameOrId("posts");
  posts.fields.push({ name: "excerpt", type: "text" });
  app.save(posts);
}, (app) => {
  const posts = app.findCollectionByNameOrId("posts");
  posts.fields.removeByName("excerpt");
  app.save(posts);
});
