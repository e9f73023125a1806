// Signing in answers 200 without a token.
//   > guest: POST /api/collections/users/auth-with-password {"identity":"ann@example.com","password":"correct-horse-battery"}
//   < 200 null

onRecordAuthRequest((e) => { // <--
    const audit = new Record($app.findCollectionByNameOrId("audit"), {
        action: "login",
        who: e.record.id,
    })
    $app.save(audit)
}, "users")
