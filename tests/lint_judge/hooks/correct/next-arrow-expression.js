// An arrow function without braces.
//   > POST posts {"title":"x"}
//   < 200
//   > GET posts
//   < 200 {"totalItems":4}

onRecordCreate((e) => e.next(), "posts")
