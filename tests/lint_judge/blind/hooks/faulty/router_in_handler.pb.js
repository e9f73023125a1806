onBootstrap((e) => {
  e.next();
  routerAdd("GET", "/late", (e) => e.string(200, "late"));
});
