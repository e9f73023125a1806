/// <reference path="../pb_data/types.d.ts" />

/**
 * Öffentliche Endpunkte der Webseite.
 */

routerAdd("GET", "/web/version", (e) => e.json(200, { version: "1.4.2" }));

routerAdd("GET", "/web/posts/{slug}", (e) => {
  const slug = e.request.pathValue("slug");
  try {
    const post = $app.findFirstRecordByData("posts", "slug", slug);
    return e.json(200, { id: post.id, titel: post.getString("title") });
  } catch (err) {
    throw new NotFoundError(`kein Beitrag ${slug}`);
  }
});

routerAdd("GET", "/web/count", (e) => {
  return e.json(200, { n: $app.countRecords("posts") });
});
