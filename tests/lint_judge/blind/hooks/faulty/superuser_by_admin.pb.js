onRecordDeleteRequest((e) => {
  if (!e.admin) {
    throw new ForbiddenError("Nur für Admins.")
  }
  e.next()
}, "posts")
