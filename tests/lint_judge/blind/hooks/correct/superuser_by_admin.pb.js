onRecordDeleteRequest((e) => {
  const admin = e.auth?.isSuperuser() || false
  if (!admin) {
    throw new ForbiddenError("Nur für Admins.")
  }
  e.next()
}, "posts")
