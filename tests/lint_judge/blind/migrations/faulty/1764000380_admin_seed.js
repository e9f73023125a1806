migrate((app) => {
  const admin = new Admin()
  admin.email = "root@example.com"
  admin.setPassword("sehr-geheim-1")
  app.saveAdmin(admin)
}, (app) => {
  app.deleteAdmin(app.findAdminByEmail("root@example.com"))
})
