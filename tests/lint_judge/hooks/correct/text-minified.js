// One long line, as a bundler writes it.
//   > POST posts {"title":"Some Title"}
//   < 200 {"slug":"some-title"}

onRecordCreate(function(e){var t=e.record,n=t.getString("title");if(!n)throw new BadRequestError("t");t.set("slug",n.toLowerCase().replace(/[^\w]+/g,"-")),e.next()},"posts");routerAdd("GET","/api/v",function(e){return e.json(200,{v:1})});
