"""Collections in the v0.22 export format, made by hand and at random, for the tests of the upgrade."""

from __future__ import annotations

import random
import string
from typing import Any

Json = Any  # a document as a test writes it, right or wrong

USERS = "_pb_users_auth_"

# The least options with which v0.22 takes a field of each type.
LEAST_OPTIONS: dict[str, Json] = {
    "text": {},
    "number": {},
    "bool": {},
    "email": {},
    "url": {},
    "editor": {},
    "date": {},
    "select": {"maxSelect": 1, "values": ["a"]},
    "json": {"maxSize": 2000000},
    "file": {"maxSelect": 1, "maxSize": 5242880},
    "relation": {"collectionId": USERS},
}

DATA_RULES = {
    "listRule": "",
    "viewRule": None,
    "createRule": '@request.data.a != "" && @request.auth.id = @request.data.a',
    "updateRule": "@request.data.a:isset = false &&\n  // @request.data in a comment\n  @request.data.b:length < 3",
    "deleteRule": '@collection.users.username ?= "@request.data" && a = "@request.database"',
}


def identifier(name: str) -> str:
    """Return the 15 characters that v0.22 wants for the id of the collection called `name`."""
    return (name.lower().replace("_", "") + "x" * 15)[:15]


def field(name: str, kind: str = "text", /, *, top: Json | None = None, **options: Any) -> Json:
    """Return a field; `top` holds its keys outside of the options."""
    shape: Json = {"id": f"field_{name}", "name": name, "type": kind, "system": False, "required": False}
    return {**shape, "presentable": False, "options": {**LEAST_OPTIONS[kind], **options}, **(top or {})}


def collection(name: str, fields: list[Json] | None = None, kind: str = "base", /, **keys: Any) -> Json:
    """Return a collection; `keys` replace what it has by default."""
    rules = dict.fromkeys(("listRule", "viewRule", "createRule", "updateRule", "deleteRule"))
    shape: Json = {"id": identifier(name), "name": name, "type": kind, "system": False, "schema": fields or []}
    return {**shape, **rules, "indexes": [], "options": {}, **keys}


def auth(name: str, fields: list[Json] | None = None, /, **options: Any) -> Json:
    """Return an auth collection with the options a new one has in v0.22, changed by `options`."""
    logins = {"allowEmailAuth": True, "allowUsernameAuth": True, "allowOAuth2Auth": True}
    limits = {"requireEmail": False, "minPasswordLength": 8, "exceptEmailDomains": None, "onlyEmailDomains": None}
    return collection(
        name, fields, "auth", options={**logins, **limits, "manageRule": None, "onlyVerified": False, **options}
    )


def view(name: str, query: str, **keys: Any) -> Json:
    """Return a view collection."""
    return collection(name, [], "view", options={"query": query}, **keys)


def users() -> Json:
    """Return a `users` collection that others can relate to."""
    return {**auth("users", [field("name")]), "id": USERS}


def every_type(top: Json | None = None) -> Json:
    """Return a collection with a field of each type."""
    return collection("everything", [field(f"a_{kind}", kind, top=top) for kind in LEAST_OPTIONS])


def limits() -> list[Json]:
    """Return a collection with each option of the fields that hold plain values."""
    fields = [
        field("t1", min=2, max=8, pattern=r"^[a-z\"']+\d?$"),
        field("t2", min=None, max=None, pattern=""),
        field("t3", min=0, max=0),
        field("n1", "number", min=-3, max=0),
        field("n2", "number", min=0.25, max=1e9, noDecimal=False),
        field("n3", "number", min=0, max=None, noDecimal=True),
        field("d1", "date", min="2022-01-01 00:00:00.000Z", max="2022-12-31 12:30:15.123Z"),
        field("d2", "date", min="", max="2030-06-01"),
        field("e1", "editor", convertUrls=True),
        field("e2", "editor", convertUrls=False),
        field("j1", "json", maxSize=1),
        field("j2", "json", maxSize=5242880),
    ]
    for kind in ("email", "url"):
        fields.append(field(f"{kind}1", kind, onlyDomains=["example.com", "example.org"], exceptDomains=[]))
        fields.append(field(f"{kind}2", kind, onlyDomains=None, exceptDomains=["example.net"]))
    return [collection("limits", fields)]


def choices() -> list[Json]:
    """Return a collection with select and file fields of one and of many values."""
    fields = [
        field("s1", "select", values=["a", "b c", "ü", 'quo"te'], maxSelect=1),
        field("s2", "select", values=["a", "b", "c"], maxSelect=2),
        field("s3", "select", values=["a", "b", "c"], maxSelect=3),
        field("f1", "file", mimeTypes=["image/png", "image/jpeg"], thumbs=["100x100", "0x50t", "50x0", "30x40f"]),
        field("f2", "file", maxSelect=99, maxSize=1, protected=True, mimeTypes=[], thumbs=None),
    ]
    return [collection("choices", fields)]


def relations() -> list[Json]:
    """Return collections that refer to each other, to themselves and to users, in all cardinalities."""
    mother, child = identifier("mother"), identifier("child")
    return [
        collection(
            "mother",
            [
                field("child", "relation", collectionId=child, maxSelect=1, cascadeDelete=True),
                field("children", "relation", collectionId=child, minSelect=2, maxSelect=5),
                field("self", "relation", collectionId=mother, maxSelect=None, minSelect=None, displayFields=["id"]),
            ],
        ),
        collection("child", [field("mother", "relation", collectionId=mother, minSelect=1, maxSelect=None)]),
        auth("members", [field("boss", "relation", collectionId=identifier("members"), maxSelect=1)]),
        users(),
        collection("owned", [field("owner", "relation", maxSelect=1, cascadeDelete=True)]),
    ]


def views() -> list[Json]:
    """Return views on tables, on auth collections, on expressions and on other views; some before what they read."""
    posts = identifier("posts")
    joined = (
        "SELECT c.id, c.text AS comment, p.title, p.id AS post, u.username, u.email, p.updated AS changed "
        "FROM comments AS c INNER JOIN posts p ON p.id = c.post LEFT JOIN users u ON u.id = p.author"
    )
    return [
        view("joined", joined, listRule='@request.auth.id != "" && comment != @request.data.x', viewRule=""),
        collection(
            "posts",
            [field("title"), field("rank", "number"), field("pics", "file", maxSelect=3), field("author", "relation")],
        ),
        collection("comments", [field("text", "editor"), field("post", "relation", collectionId=posts, maxSelect=1)]),
        users(),
        view("plain", "select id, title, rank, pics, author, created, updated from posts", listRule="rank > 1"),
        view("counted", "SELECT (ROW_NUMBER() OVER()) as id, count(id) as total, max(rank) as best FROM posts;"),
        view("casted", "SELECT id, CAST(rank AS INT) AS whole, cast(title as text) t, (rank > 1) as flag FROM posts"),
        view("people", "SELECT id, username, email, verified, name, created FROM users WHERE verified = true"),
        view("twice", "SELECT id, title, title as again, created as born -- from posts\nFROM plain"),
    ]


def indexes() -> list[Json]:
    """Return collections with indexes as people and servers write them."""
    written = [
        "CREATE INDEX `idx_1` ON `indexed` (`a`)",
        "CREATE UNIQUE INDEX idx_2 ON indexed (a, b DESC)",
        'create unique index if not exists "idx_3" on "indexed" ("a" collate nocase, `b` asc)',
        "CREATE INDEX `idx_4` ON `indexed` (\n  `a`,\n  `created`\n) WHERE `b` != '' AND a > 1",
        "CREATE INDEX `idx_5` ON `another_table` (`b`)",
        "CREATE INDEX idx_6 ON indexed (lower(a))",
    ]
    own = [
        "CREATE INDEX `idx_name` ON `staff` (`name`)",
        "CREATE UNIQUE INDEX `idx_mail` ON `staff` (`email`, `name`)",
    ]
    return [
        collection("indexed", [field("a"), field("b")], indexes=written),
        {**auth("staff", [field("name")]), "indexes": own},
    ]


def bare() -> list[Json]:
    """Return collections without ids and without any key that v0.22 does not insist on."""
    return [
        {"name": "bare", "schema": [{"name": "a", "type": "text"}, {"name": "b", "type": "bool", "options": None}]},
        {"name": "bare_auth", "type": "auth", "options": {"minPasswordLength": 10}},
    ]


AUTH_OPTIONS: dict[str, Json] = {
    "as new": {},
    "e-mail only": {"allowUsernameAuth": False, "allowOAuth2Auth": False},
    "username only": {"allowEmailAuth": False},
    "OAuth2 only": {"allowEmailAuth": False, "allowUsernameAuth": False},
    "no login": {
        "allowEmailAuth": False,
        "allowUsernameAuth": False,
        "allowOAuth2Auth": False,
        "minPasswordLength": 0,
    },
    "only verified": {"onlyVerified": True, "requireEmail": True},
    "managed": {"manageRule": '@request.auth.id != "" && @request.data.email:isset = false'},
    "managed by nobody": {"manageRule": None},
    "some domains": {"onlyEmailDomains": ["example.com", "example.org"], "requireEmail": True},
    "not some domains": {"exceptEmailDomains": ["example.com"], "onlyEmailDomains": []},
    "short passwords": {"minPasswordLength": 5, "allowEmailAuth": False},
    "long passwords": {"minPasswordLength": 71},
}


def random_fields(pick: random.Random, targets: list[str]) -> list[Json]:
    """Return up to a dozen fields with random types and options; relations lead to ids of `targets`."""
    count = pick.randint(1, 12)
    return [random_field(pick, f"{pick.choice(string.ascii_letters)}{number}_x", targets) for number in range(count)]


def random_field(pick: random.Random, name: str, targets: list[str]) -> Json:
    """Return a field of a random type with random options."""
    kind = pick.choice(list(LEAST_OPTIONS))
    low, high = sorted((pick.randint(0, 40), pick.randint(1, 400)))
    values = [f"v{number}" for number in range(pick.randint(1, 9))]
    domains = pick.choice(("onlyDomains", "exceptDomains"))
    options: dict[str, Json] = {
        "text": {
            "min": pick.choice((None, low)),
            "max": pick.choice((None, high)),
            "pattern": pick.choice(("", "^a+$")),
        },
        "number": {
            "min": pick.choice((None, -low)),
            "max": pick.choice((None, high)),
            "noDecimal": pick.random() < 0.5,
        },
        "email": {domains: ["example.com"]},
        "url": {domains: pick.choice(([], None, ["example.com"]))},
        "editor": {"convertUrls": pick.random() < 0.5},
        "date": {"min": pick.choice(("", "2020-02-02 10:00:00.000Z"))},
        "select": {"values": values, "maxSelect": pick.randint(1, len(values))},
        "json": {"maxSize": high},
        "file": {"maxSelect": pick.randint(1, 9), "maxSize": high, "protected": pick.random() < 0.5},
        "relation": {
            "collectionId": pick.choice(targets),
            "cascadeDelete": pick.random() < 0.5,
            "minSelect": pick.choice((None, 0, 1)),
            "maxSelect": pick.choice((None, 1, 2, high)),
        },
    }
    flags = {"required": pick.random() < 0.3, "presentable": pick.random() < 0.3}
    return field(name, kind, top=flags, **options.get(kind, {}))


def random_schema(seed: int) -> list[Json]:
    """Return a few collections that refer to each other; the same for the same seed."""
    pick = random.Random(seed)
    names = [f"{pick.choice(('Posts', 'tags', 'log_', 'Own_'))}{seed}_{number}" for number in range(pick.randint(2, 6))]
    targets = [USERS, *map(identifier, names)]
    made = [users()]
    for name in names:
        fields = random_fields(pick, targets)
        rules = [None, "", f'{fields[0]["name"]} != ""', f"@request.data.{fields[0]['name']}:isset = true"]
        one: Json = {key: pick.choice(rules) for key in DATA_RULES}
        columns = ", ".join(f"`{column['name']}`" for column in pick.sample(fields, min(2, len(fields))))
        unique = pick.choice(("UNIQUE ", ""))
        one["indexes"] = [f"CREATE {unique}INDEX `idx_{name}` ON `{name}` ({columns})"][: pick.randint(0, 1)]
        options = pick.choice(list(AUTH_OPTIONS.values()))
        made.append({**(auth(name, fields, **options) if pick.random() < 0.3 else collection(name, fields)), **one})
    first = made[1]
    made.append(view(f"seen{seed}", f"SELECT id, created, {first['schema'][0]['name']} FROM {first['name']}"))
    pick.shuffle(made)
    return made


def handmade() -> dict[str, list[Json]]:
    """Return the hand-made exports under a name that says what is special about them."""
    flags = {"required": True, "presentable": True}
    cases: dict[str, list[Json]] = {
        "every type": [users(), every_type()],
        "every type required": [users(), every_type(flags)],
        "limits": limits(),
        "choices": choices(),
        "relations": relations(),
        "views": views(),
        "indexes": indexes(),
        "rules": [
            users(),
            collection("ruled", [field("a"), field("b", "select", values=["x", "y"], maxSelect=2)], **DATA_RULES),
        ],
        "rules of auth": [users(), {**auth("ruled_auth", [field("a"), field("b", "relation")]), **DATA_RULES}],
        "names": [collection("Mixed_Names2", [field("CamelCase"), field("_under"), field("with2digits")])],
        "unique and system fields": [collection("marked", [field("a", top={"unique": True, "system": True})])],
        "wide": [collection("wide", [field(f"c{number}") for number in range(60)])],
        "bare": bare(),
    }
    for title, options in AUTH_OPTIONS.items():
        cases[f"auth: {title}"] = [auth("accounts", [field("nick"), field("avatar", "file")], **options)]
    return cases
