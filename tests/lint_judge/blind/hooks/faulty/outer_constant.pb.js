const MAX_TITLE = 20;

onRecordCreateRequest((e) => {
  if (e.record.getString("title").length > MAX_TITLE) {
    throw new BadRequestError(`title is longer than ${MAX_TITLE}`);
  }
  e.next();
}, "posts");
