"""Random changes of a schema as command lines of pb_collections.py; the same for the same seed and server."""

from __future__ import annotations

import json
import random
import re
from typing import Any

Json = dict[str, Any]

PLAIN = ("text", "number", "bool", "email", "url", "editor", "date", "autodate", "json")
RULES = (None, "", "@request.auth.id != ''", "id != ''")


def words(text: str) -> set[str]:
    """Return the words of a query."""
    return set(re.findall(r"\w+", text))


class Command:
    """A command line of pb_collections.py and what it reads from standard input."""

    def __init__(self, *words: str, stdin: Any = None) -> None:
        self.words = list(words)
        self.stdin = stdin

    def __repr__(self) -> str:
        return f"{' '.join(self.words)} {json.dumps(self.stdin) if self.stdin is not None else ''}"


class Series:
    """Chooses the next change of a server's schema, most of which the server takes.

    `collections` are the collections as they are, all items of GET /api/collections.
    """

    def __init__(self, seed: int) -> None:
        self.pick = random.Random(seed)
        self.number = 0

    def next(self, collections: list[Json]) -> Command:
        """Return a change; edits need a collection of the series, so the first change is an import."""
        own = [item for item in collections if not item["system"] and item["name"] != "users"]
        tables = [item for item in own if item["type"] != "view"]
        if not tables:
            return self._import_new(collections)
        changes = [
            *(3 * [self._import_new, self._import_changed]),
            *(self._import_rest, self._create, self._update, self._delete, self._add_field, self._add_field),
            *(self._rename_field, self._drop_field, self._set_rule, self._add_index, self._drop_index),
        ]
        return self.pick.choice(changes)(collections)

    # Whole schemas

    def _import_new(self, collections: list[Json]) -> Command:
        names = [self._name("c") for _ in range(self.pick.randint(1, 3))]
        targets = [*names, *(item["name"] for item in collections if item["type"] != "view" and not item["system"])]
        made = [self._collection(name, targets) for name in names]
        for _ in range(self.pick.randint(0, 2)):
            made.append(self._view([*made, *self._own(collections)]))
        self.pick.shuffle(made)
        return Command("import", "--file", "-", stdin=made)

    def _import_changed(self, collections: list[Json]) -> Command:
        chosen = self.pick.sample(self._own(collections), min(3, len(self._own(collections))))
        changed = self._adapted([self._changed(item, collections) for item in chosen], collections)
        if self.pick.random() < 0.4:
            changed.append(self._view([item for item in changed if item["type"] != "view"] or collections))
        return Command(
            "import", "--file", "-", "--allow-delete", stdin={"collections": changed, "deleteMissing": False}
        )

    def _import_rest(self, collections: list[Json]) -> Command:
        """Return an import that deletes some collections and fields, and changes others."""
        gone = {item["name"] for item in self._own(collections) if self.pick.random() < 0.2}
        ids = {item["id"] for item in collections if item["name"] in gone}
        for item in collections:
            lost = [field["name"] for field in item["fields"] if field.get("collectionId") in ids]
            item["fields"] = [field for field in item["fields"] if field["name"] not in lost]
            gone.update(lost)
        for item in collections:  # in the order of creation, so a view comes after what it reads
            if item["type"] == "view" and words(item["viewQuery"]) & gone:
                gone.add(item["name"])
        kept = [item for item in collections if item["name"] not in gone]
        document = {"collections": kept, "deleteMissing": True}
        return Command("import", "--file", "-", "--allow-delete", stdin=document)

    def _changed(self, collection: Json, collections: list[Json]) -> Json:
        """Return a collection with one or two of its properties changed."""
        changed: Json = json.loads(json.dumps(collection))
        if changed["type"] == "view":
            # Only more columns, since other views may read this one.
            changed["viewQuery"] = changed["viewQuery"].replace(" FROM ", f", {self.number} AS {self._name('n')} FROM ")
            return changed
        ways = (self._rename_it, self._change_a_field, self._reorder, self._grow, self._change_rules, self._options)
        for way in self.pick.sample(ways, 2):
            way(changed, collections)
        return changed

    def _adapted(self, changed: list[Json], collections: list[Json]) -> list[Json]:
        """Return the changed collections with the views that read a renamed one, whose queries follow."""
        names = {item["id"]: item["name"] for item in collections}
        renamed = {names[item["id"]]: item["name"] for item in changed if item["name"] != names[item["id"]]}
        ids = {item["id"] for item in changed}
        views = [item for item in collections if item["type"] == "view" and item["id"] not in ids]
        changed += [item for item in views if words(item["viewQuery"]) & renamed.keys()]
        for item in changed:
            if item["type"] == "view":
                item["viewQuery"] = re.sub(r"\w+", lambda word: renamed.get(word[0], word[0]), item["viewQuery"])
        return changed

    def _rename_it(self, collection: Json, collections: list[Json]) -> None:
        collection["name"] = self._name("r")

    def _change_a_field(self, collection: Json, collections: list[Json]) -> None:
        for field in self._free_fields(collection)[:2]:
            field["hidden"] = not field.get("hidden")
            if field["type"] in ("text", "number") and not field.get("system"):
                field["max"] = self.pick.choice([field.get("max"), 300, 0])
            if field["type"] == "select":
                field["values"] = [*field["values"], f"v{self.pick.randint(1, 999)}"]
                field["maxSelect"] = self.pick.choice([1, 2, 3])
            if field["type"] == "relation":
                field["maxSelect"] = self.pick.choice([1, 5])

    def _reorder(self, collection: Json, collections: list[Json]) -> None:
        self.pick.shuffle(collection["fields"])

    def _grow(self, collection: Json, collections: list[Json]) -> None:
        field = self._field([item["name"] for item in collections if item["type"] != "view"])
        collection["fields"].insert(self.pick.randint(0, len(collection["fields"])), field)

    def _change_rules(self, collection: Json, collections: list[Json]) -> None:
        for rule in ("listRule", "viewRule", "createRule", "updateRule", "deleteRule"):
            collection[rule] = self.pick.choice(RULES)
        if collection["type"] == "auth":
            collection["authRule"] = self.pick.choice(RULES)

    def _options(self, collection: Json, collections: list[Json]) -> None:
        if collection["type"] == "auth":
            collection["authToken"] = {"duration": self.pick.randint(100, 9999)}
            collection["passwordAuth"] = {"enabled": self.pick.random() < 0.5, "identityFields": ["email"]}
            collection["otp"] = {"enabled": True, "duration": self.pick.randint(100, 900), "length": 8}
            collection["manageRule"] = self.pick.choice([None, "@request.auth.verified = true"])

    # One collection

    def _create(self, collections: list[Json]) -> Command:
        name = self._name("c")
        targets = [name, *(item["name"] for item in self._tables(collections))]
        return Command("create", json.dumps(self._collection(name, targets)))

    def _update(self, collections: list[Json]) -> Command:
        collection = self.pick.choice(self._own(collections))
        changed = self._changed(collection, collections)
        if self._readers(collections, collection["name"]):
            changed["name"] = collection["name"]
        body = {key: value for key, value in changed.items() if value != collection[key]}
        return Command("update", collection["name"], json.dumps(body), "--allow-drop")

    def _delete(self, collections: list[Json]) -> Command:
        free = [item for item in self._own(collections) if not self._readers(collections, item["name"])]
        return Command("delete", self.pick.choice(free)["name"])

    def _add_field(self, collections: list[Json]) -> Command:
        field = self._field([item["name"] for item in self._tables(collections)])
        return Command("add-field", self._table(collections)["name"], json.dumps(field))

    def _rename_field(self, collections: list[Json]) -> Command:
        table = self._table(collections)
        fields = [field for field in table["fields"] if not self._readers(collections, field["name"])] or table[
            "fields"
        ]
        return Command("rename-field", table["name"], self.pick.choice(fields)["name"], self._name("n"))

    def _drop_field(self, collections: list[Json]) -> Command:
        table = self._table(collections)
        fields = [field for field in table["fields"] if not self._readers(collections, field["name"])] or table[
            "fields"
        ]
        return Command("drop-field", table["name"], self.pick.choice(fields)["name"], "--yes")

    def _set_rule(self, collections: list[Json]) -> Command:
        action = self.pick.choice(("list", "view", "create", "update", "delete"))
        rule = self.pick.choice(("--public", "--locked", "id != ''", '@request.auth.id != ""'))
        return Command("set-rule", self._table(collections)["name"], action, rule)

    def _add_index(self, collections: list[Json]) -> Command:
        table = self._table(collections)
        return Command("add-index", table["name"], self.pick.choice(table["fields"])["name"])

    def _drop_index(self, collections: list[Json]) -> Command:
        indexed = [item for item in self._tables(collections) if item["indexes"] and item["type"] == "base"]
        if not indexed:
            return self._add_index(collections)
        table = self.pick.choice(indexed)
        return Command("drop-index", table["name"], self.pick.choice(table["indexes"]).split("`")[1])

    # Parts

    def _readers(self, collections: list[Json], word: str) -> list[Json]:
        """Return the views whose queries name a collection or a field: PocketBase lets many a change break them."""
        return [item for item in collections if item["type"] == "view" and word in words(item["viewQuery"])]

    def _name(self, prefix: str) -> str:
        self.number += 1
        # Names of the same second replay in alphabetical order, so later ones must not always be greater.
        return f"{prefix}{self.pick.choice('abcxyz')}{self.number}"

    def _own(self, collections: list[Json]) -> list[Json]:
        return [item for item in collections if not item["system"] and item["name"] != "users"]

    def _tables(self, collections: list[Json]) -> list[Json]:
        return [item for item in self._own(collections) if item["type"] != "view"]

    def _table(self, collections: list[Json]) -> Json:
        return self.pick.choice(self._tables(collections))

    def _free_fields(self, collection: Json) -> list[Json]:
        fields = [field for field in collection["fields"] if not field.get("system")]
        return self.pick.sample(fields, len(fields))

    def _collection(self, name: str, targets: list[str]) -> Json:
        fields = [self._field(targets) for _ in range(self.pick.randint(0, 4))]
        made: Json = {"name": name, "type": self.pick.choice(("base", "base", "auth")), "fields": fields}
        made.update({f"{action}Rule": self.pick.choice(RULES) for action in ("list", "view", "create")})
        if made["type"] == "auth":
            made["authRule"] = self.pick.choice(RULES)
            email = {"name": "email", "type": "email", "required": self.pick.random() < 0.5, "onlyDomains": ["x.com"]}
            fields += self.pick.choice(([], [email]))
        if fields and self.pick.random() < 0.5:
            unique = self.pick.choice(("", "UNIQUE "))
            made["indexes"] = [f"CREATE {unique}INDEX `idx_{name}` ON `{name}` (`{fields[0]['name']}`)"]
        return made

    def _field(self, targets: list[str]) -> Json:
        name = self._name("f")
        kind = self.pick.choice((*PLAIN, "select", "relation", "relation", "file", "password"))
        field: Json = {"name": name, "type": kind}
        if kind == "select":
            field.update(values=["a", "b", "c"], maxSelect=self.pick.choice((1, 2)))
        if kind == "relation":
            field.update(collectionId=self.pick.choice(targets), maxSelect=self.pick.choice((1, 7)))
            field["cascadeDelete"] = self.pick.random() < 0.5
        if kind == "number":
            field.update(min=self.pick.choice((None, 0, -5)), onlyInt=True)
        if kind == "autodate":
            field["onCreate"] = True
        return field

    def _view(self, sources: list[Json]) -> Json:
        source = self.pick.choice([item for item in sources if not item.get("system")])
        plain = [field["name"] for field in source.get("fields", ()) if field["type"] != "password"]
        columns = [name for name in plain if name != "id" and name.startswith(("f", "n"))]
        query = f"SELECT {', '.join(['id', *columns[:2]])} FROM {source['name']}"
        return {"name": self._name("v"), "type": "view", "viewQuery": query, "listRule": self.pick.choice(RULES)}
