// Without handing on, the app is never set up and the process ends.
//   starts: no

onBootstrap((e) => { // <--
  console.log("App initialized!")
})
