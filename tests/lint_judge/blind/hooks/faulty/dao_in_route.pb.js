/// <reference path="../pb_data/types.d.ts" />
routerAdd("GET", "/api/posts-count/{slug}", (e) => {
  const slug = e.request.pathValue("slug");
  const records = $app.dao().findRecordsByFilter("posts", "slug = {:slug}", "-created", 50, 0, { slug: slug });
  return e.json(200, { total: records.length });
});
