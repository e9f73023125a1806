// Relations by id, of a collection of this very migration too.
//   > GET /api/collections/members
//   < 200 "_pb_users_auth_" "pbc_teams000001"
//   down: 1
//   > GET /api/collections/teams
//   < 404

migrate((app) => {
  const teams = new Collection({ id: "pbc_teams000001", name: "teams", type: "base", fields: [{ name: "name", type: "text" }] })
  app.save(teams)

  const members = new Collection({
    name: "members",
    type: "base",
    listRule: "user = @request.auth.id || team.name = 'open'",
    fields: [
      { name: "team", type: "relation", collectionId: teams.id, maxSelect: 1, required: true, cascadeDelete: true },
      { name: "user", type: "relation", collectionId: "_pb_users_auth_", maxSelect: 1 },
    ],
    indexes: ["CREATE UNIQUE INDEX `idx_members` ON `members` (`team`, `user`)"],
  })
  app.save(members)
}, (app) => {
  app.delete(app.findCollectionByNameOrId("members"))
  app.delete(app.findCollectionByNameOrId("teams"))
})
