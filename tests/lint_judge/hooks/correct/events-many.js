// Hooks of many kinds in one file, each of which hands on.
//   > GET posts
//   < 200 {"totalItems":3}
//   > ann: POST /api/collections/users/auth-refresh
//   < 200 "token"

onBootstrap((e) => {
  e.next()
  console.log("ready")
})
onTerminate((e) => { e.next() })
onSettingsUpdateRequest((e) => e.next())
onFileDownloadRequest((e) => {
  e.servedName = `copy-of-${e.servedName}`
  return e.next()
}, "users")
onRealtimeConnectRequest((e) => { return e.next() })
onRealtimeSubscribeRequest((e) => { e.next() })
onMailerRecordVerificationSend((e) => {
  e.message.subject = "Welcome"
  e.next()
}, "users")
onCollectionUpdateRequest((e) => e.next(), "posts")
onModelAfterDeleteSuccess((e) => { e.next() })
onBatchRequest((e) => { e.next() })
onRecordAuthRefreshRequest((e) => {
  e.next()
}, "users")
