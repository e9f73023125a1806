routerAdd("POST", "/api/bump", (e) => {
  class StatsService {
    #app;
    static collection = "stats";

    constructor(app) { this.#app = app; }

    bump(name) {
      const record = this.#app.findFirstRecordByData(StatsService.collection, "name", name);
      record.set("count+", 1);
      this.#app.save(record);
    }
  }

  const service = new StatsService($app);
  service.bump("visits");
  return e.noContent(204);
});
