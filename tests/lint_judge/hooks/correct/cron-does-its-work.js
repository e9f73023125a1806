// The job finds and deletes what is old.
//   > POST /api/crons/cleanup
//   < 204
//   wait: 0.6
//   > GET posts
//   < 200 {"totalItems":2}

cronAdd("cleanup", "0 3 * * *", () => {
  const KEEP_DAYS = 30
  const until = new Date(Date.now() - KEEP_DAYS * 24 * 3600 * 1000).toISOString()
  const drafts = $app.findRecordsByFilter("posts", "status = 'draft' && created > {:until}", "", 0, 0, { until })
  for (const draft of drafts) {
    $app.delete(draft)
  }
})
