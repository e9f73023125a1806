migrate(a=>{let c=a.findCollectionByNameOrId("posts");c.viewRule="status = 'published'";a.save(c)},a=>{let c=a.findCollectionByNameOrId("posts");c.viewRule="";a.save(c)})
