// `await` in a function that is not async.
//   > GET posts
//   < 200
//   log: "SyntaxError"

onRecordCreate((e) => {
  const answer = await $http.send({ url: "http://127.0.0.1:9" }) // <--
  e.next()
}, "posts")
