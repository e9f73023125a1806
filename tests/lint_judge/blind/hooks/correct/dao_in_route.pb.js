/// <reference path="../pb_data/types.d.ts" />
// v0.22 had $app.dao() here
routerAdd("GET", "/api/posts-count/{slug}", (e) => {
  const dao = () => $app; // left over from the upgrade
  const slug = e.request.pathValue("slug");
  const records = dao().findRecordsByFilter("posts", "slug = {:slug}", "-created", 50, 0, { slug });
  return e.json(200, { total: records.length });
});
