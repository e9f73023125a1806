migrate((app) => {
  const collection = new Collection({
    "name": "published",
    "type": "view",
    "listRule": "",
    "viewQuery": "SELECT id, title, (CASE WHEN views > 5 THEN 1 ELSE 0 END) AS hot FROM posts WHERE status != 'published'"
  });
  return app.save(collection);
}, (app) => {
  return app.delete(app.findCollectionByNameOrId("published"));
})
