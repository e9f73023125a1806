// Functions as of old, semicolons and var.
//   > GET /api/collections/books
//   < 200 "title"

migrate(function (app) {
    var fields = [];
    for (var i = 0; i < 2; i++) {
        fields.push({ name: i === 0 ? "title" : "subtitle", type: "text" });
    }
    var books = new Collection({ name: "books", type: "base", fields: fields });
    app.save(books);
}, function (app) {
    app.delete(app.findCollectionByNameOrId("books"));
});
