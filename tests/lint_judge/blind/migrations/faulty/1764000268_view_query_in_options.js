migrate((app) => {
  const collection = new Collection({
    "name": "published",
    "type": "view",
    "listRule": "",
    "options": { "query": "SELECT id, title FROM posts WHERE status = 'published'" }
  });
  return app.save(collection);
}, (app) => {
  return app.delete(app.findCollectionByNameOrId("published"));
})
