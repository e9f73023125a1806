// const MAX_TITLE = 20; <- not visible in handlers, so it lives in utils.js
onRecordCreateRequest((e) => {
  const { limits: { title: MAX_TITLE } } = require(`${__hooks}/utils.js`);
  if (e.record.getString("title").length > MAX_TITLE) {
    throw new BadRequestError(`title is longer than ${MAX_TITLE}`);
  }
  e.next();
}, "posts");
