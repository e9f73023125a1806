"""Every actor tries everything: what each may list, see, create, change, delete, expand and download."""

from __future__ import annotations

from typing import Any, Callable, NamedTuple

from _pb.access.attempts import allow_batches
from _pb.access.people import acting
from _pb.access.personas import SUPERUSER, Persona, guest, superuser
from _pb.access.population import Population
from _pb.access.trying import Trier
from pb_common import Client, segment, with_query
from pb_common.paths import records_path

_AT_A_TIME = 3
# Fields of accounts by which PocketBase lets nobody filter.
_NEVER = ("password", "tokenKey")
DETAILS = ("fields", "expand", "files", "filter")
RULES = {action: f"{action}Rule" for action in ("list", "view", "create", "update", "delete")}


class Row(NamedTuple):
    """What was tried on a collection for one action, and what of it was allowed to each actor.

    For list, view and delete the names are those of records; for create and update those of records and changes; for
    fields, expand and files those of fields.
    """

    collection: str
    action: str
    tried: list[str]
    allowed: dict[str, list[str]]


def observe(population: Population, names: list[str]) -> list[Row]:
    """Return what was observed on the named collections, several of them at a time, each with its own connection."""
    from concurrent.futures import ThreadPoolExecutor

    settings, token = population.client.settings, population.client.superuser_token()
    allow_batches(population.client)

    def look(people: list[Persona]) -> list[Row]:
        def one(name: str) -> list[Row]:
            with Client(settings) as client:
                return Observer(population, client, token, people).rows([name])

        with ThreadPoolExecutor(_AT_A_TIME) as pool:
            return [row for rows in pool.map(one, names) for row in rows]

    return in_turn(population, look)


def in_turn(population: Population, look: Callable[[list[Persona]], list[Row]]) -> list[Row]:
    """Return what `look` gives for everybody together, then for each owner who has to be put into a role before."""
    rows = look([guest(), *population.personas])
    for persona in population.in_roles:
        with acting(population, persona):
            seen = {(row.collection, row.action): row.allowed.get(persona.label, []) for row in look([persona])}
        for row in rows:
            row.allowed[persona.label] = seen.get((row.collection, row.action), [])
            row.allowed[SUPERUSER] = row.allowed.pop(SUPERUSER, [])
    return rows


def unproven(population: Population, names: list[str], rows: list[Row]) -> list[str]:
    """Return the rules of the named collections that could let users pass and let none, such as posts.create."""
    passed = {
        (row.collection, row.action)
        for row in rows
        if any(allowed for who, allowed in row.allowed.items() if who != SUPERUSER)
    }
    return [
        f"{name}.{action}"
        for name in names
        for action, key in RULES.items()
        if population.collections[name].get(key) and (name, action) not in passed
    ]


class Observer:
    """Lets everybody try everything on a filled throwaway server.

    `client` sends the requests of `people` and of the superuser, whose token is `token`. Batches must be allowed.
    """

    def __init__(self, population: Population, client: Client, token: str, people: list[Persona]) -> None:
        self.population = population
        self.client = client
        self.people, self.superuser = people, superuser(token, "A")
        self.personas = [*people, self.superuser]
        self.trier = Trier(population, client)
        self._listed: dict[tuple[str, str], dict[str, dict[str, Any]]] = {}

    def rows(self, names: list[str]) -> list[Row]:
        """Return what was observed on the named collections; rows in which nothing could be tried are left out."""
        return [row for name in names for row in self._rows(name) if row.tried]

    def _rows(self, name: str) -> list[Row]:
        if self.population.collections[name]["type"] == "view":
            return self._view_rows(name)
        rows = [self._list_row(name, self.population.targets[name])]
        rows += [self.action_row(name, action) for action in ("view", "create", "update", "delete")]
        return [*rows, *(self.detail_row(name, detail) for detail in DETAILS)]

    def detail_row(self, name: str, detail: str) -> Row:
        """Return what each actor sees of the owner's record, or of the first row of a view."""
        id = next(iter(self.population.targets[name].values()), "")
        rows = {"fields": self._fields_row, "expand": self._expand_row, "files": self._file_row}
        return rows.get(detail, self._filter_row)(name, id)

    def action_row(self, name: str, action: str) -> Row:
        """Return a row of attempts; where the rule is null, one failed attempt of an actor stands for all of them.

        What not even the superuser can carry out is invalid and is left out. That is asked of ways to create and to
        change only, for a record that was made can be read, changed and deleted.
        """
        locked = self.population.collections[name].get(RULES[action]) is None
        targets = self.population.targets[name] if action != "create" else {}
        tried = [
            label
            for label in self.trier.names(name, action)
            if label in targets or label == "own" or self.trier.tries(name, action, self.superuser, label)
        ]
        allowed = {SUPERUSER: list(tried)}
        if tried[:1] == ["own"] and not self.trier.tries(name, action, self.superuser, "own"):
            allowed[SUPERUSER].remove("own")
        for persona in self.people:
            shut = locked and tried and not self.trier.tries(name, action, persona, tried[0])
            likely = [] if shut else [label for label in tried if self.trier.concerns(name, action, persona, label)]
            allowed[persona.label] = [label for label in likely if self.trier.tries(name, action, persona, label)]
        return Row(name, action, tried, {who.label: allowed[who.label] for who in self.personas})

    # What a list shows

    def _list_row(self, name: str, targets: dict[str, str]) -> Row:
        return Row(name, "list", list(targets), self._each(lambda who: _within(targets, self._list(name, who))))

    def _each(self, find: Callable[[Persona], list[str]]) -> dict[str, list[str]]:
        return {persona.label: find(persona) for persona in self.personas}

    def _list(self, name: str, persona: Persona) -> dict[str, dict[str, Any]]:
        """Return the records that an actor's list shows, by id, each with all that can be expanded."""
        key = (name, persona.label)
        if key not in self._listed:
            path = with_query(records_path(name), perPage=1000, expand=",".join(self.expands(name)) or None)
            answer = self.client.exchange("GET", path, token=persona.token)
            items = answer.data.get("items") or [] if answer.status == 200 else []
            self._listed[key] = {item["id"]: item for item in items}
        return self._listed[key]

    def _record(self, name: str, persona: Persona, id: str) -> dict[str, Any]:
        """Return a record as an actor sees it, in the list or else by its address; {} if in neither."""
        listed = self._list(name, persona).get(id)
        collection = self.population.collections[name]
        if listed or not id or collection.get("viewRule") in (None, collection.get("listRule")):
            return listed or {}
        key = (f"{name}/{id}", persona.label)
        if key not in self._listed:
            path = with_query(records_path(name, id), expand=",".join(self.expands(name)) or None)
            answer = self.client.exchange("GET", path, token=persona.token)
            self._listed[key] = {id: answer.data} if answer.status == 200 else {}
        return self._listed[key].get(id, {})

    def expands(self, name: str) -> dict[str, str]:
        """Return what can be expanded on a collection, with the collection that it shows.

        That is its own relations, and those of others that lead to it.
        """
        population = self.population
        texts = {field["name"] for field in population.collections[name]["fields"] if field["type"] == "text"}
        relations = [field for field in population.relations(name) if field["name"] not in texts]
        found = {field["name"]: population.target_of(field) for field in relations}
        for other in population.collections:
            for field in population.relations(other):
                if population.target_of(field) == name:
                    found[f"{other}_via_{field['name']}"] = other
        return found

    def _fields_row(self, name: str, id: str) -> Row:
        fields = [field["name"] for field in self.population.collections[name]["fields"] if field["name"] != "id"]
        return Row(name, "fields", fields, self._each(lambda who: _within(fields, self._record(name, who, id))))

    def _expand_row(self, name: str, id: str) -> Row:
        expands = list(self.expands(name))

        def followed(persona: Persona) -> list[str]:
            return _within(expands, self._record(name, persona, id).get("expand") or {})

        return Row(name, "expand", expands, self._each(followed))

    # Filters

    def _filter_row(self, name: str, id: str) -> Row:
        """Return by which fields each actor can find a record without seeing them: whoever filters can guess a value.

        Tried are fields that users do not see, and those of related records, which may be hidden from the actor.
        """
        secrets = self._guessable(name, name)

        def finds(persona: Persona) -> list[str]:
            return [field for field in secrets if persona.plain and self._finds(name, id, persona, field)]

        return Row(name, "filter", secrets, self._each(finds) if id else {})

    def _guessable(self, name: str, start: str) -> list[str]:
        """Return a collection's hidden fields and addresses, from `start` on also those and a text of related ones."""
        fields = [field for field in self.population.collections[name]["fields"] if field["name"] not in _NEVER]
        found = [field["name"] for field in fields if field.get("hidden") or field["name"] == "email"]
        if name != start:
            texts = [field["name"] for field in fields if field["type"] == "text" and field["name"] not in found]
            return found + [text for text in texts if text != "id"][:1]
        for field in self.population.relations(name):
            target = self.population.target_of(field)
            if target != start:
                found += [f"{field['name']}.{inner}" for inner in self._guessable(target, start)]
        return found

    def _finds(self, name: str, id: str, persona: Persona, field: str) -> bool:
        condition = f'id = "{id}" && {field} != "unlikely-{id}"'
        answer = self.client.exchange("GET", with_query(records_path(name), filter=condition), token=persona.token)
        return answer.status == 200 and bool(answer.data.get("items"))

    # Files

    def _file_row(self, name: str, id: str) -> Row:
        fields = self.population.collections[name]["fields"]
        record = self._list(name, self.superuser).get(id) or {}
        files = {field["name"]: record.get(field["name"]) for field in fields if field["type"] == "file"}
        files = {key: value[0] if isinstance(value, list) else value for key, value in files.items() if value}

        def downloads(persona: Persona) -> list[str]:
            token = self._file_token(persona)
            return [key for key, file in files.items() if self._downloads(name, id, str(file), token)]

        return Row(name, "files", list(files), self._each(downloads) if files else {})

    def _file_token(self, persona: Persona) -> str | None:
        if not persona.token:
            return None
        answer = self.client.exchange("POST", "/api/files/token", token=persona.token)
        return str(answer.data["token"]) if answer.status == 200 else None

    def _downloads(self, name: str, id: str, file: str, token: str | None) -> bool:
        path = with_query(f"/api/files/{segment(name)}/{segment(id)}/{segment(file)}", token=token)
        return self.client.transport.send("GET", path, None, {}).status == 200

    # Views

    def _view_rows(self, name: str) -> list[Row]:
        """Return what each actor reads of a view."""
        rows = self.name_rows_of_view(name)
        shown = [self.detail_row(name, "fields"), self.detail_row(name, "expand")]
        return [self._list_row(name, rows), self.action_row(name, "view"), *shown]

    def name_rows_of_view(self, name: str) -> dict[str, str]:
        """Name a view's rows after the records whose id they carry, so that they can be tried, and return them."""
        everything = self._list(name, self.superuser)
        rows = self.population.targets[name]
        for source, targets in self.population.targets.items():
            if source != name:
                shown = {f"{source} {label}": id for label, id in targets.items() if id in everything}
                rows.update(shown)
                self.population.sources[name].update(dict.fromkeys(shown, source))
        if not rows and everything:
            rows["rows"] = next(iter(everything))
        return rows


def _within(names: Any, shown: Any) -> list[str]:
    """Return the names (or, of a dict, the keys whose value) that are among what is shown."""
    values = names.items() if isinstance(names, dict) else ((name, name) for name in names)
    return [name for name, value in values if value in shown]
