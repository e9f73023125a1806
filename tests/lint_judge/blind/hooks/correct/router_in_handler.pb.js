onBootstrap((e) => {
  e.next();
  cronAdd("late", "0 0 * * *", () => {});
});
for (const name of ["late", "later"]) {
  routerAdd("GET", "/" + name, (e) => e.string(200, "late"));
}
