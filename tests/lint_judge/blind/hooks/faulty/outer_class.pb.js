class StatsService {
  constructor(app) { this.app = app; }

  bump(name) {
    const record = this.app.findFirstRecordByData("stats", "name", name);
    record.set("count", record.getInt("count") + 1);
    this.app.save(record);
  }
}

routerAdd("POST", "/api/bump", (e) => {
  const service = new StatsService($app);
  service.bump("visits");
  return e.noContent(204);
});
