// A page's own script below pb_hooks is for the browser.
//   > GET /app/app.js
//   < 200 "document.querySelector"

// ==== pb_hooks/static.pb.js
routerAdd("GET", "/app/{path...}", $apis.static(`${__hooks}/public`, false))
// ==== pb_hooks/public/app.js
const list = document.querySelector("#list")
const params = new URLSearchParams(window.location.search)
fetch(`/api/collections/posts/records?${params}`)
  .then((res) => res.json())
  .then((data) => { list.textContent = data.items.map((post) => post.title).join(", ") })
setTimeout(() => location.reload(), 60000)
