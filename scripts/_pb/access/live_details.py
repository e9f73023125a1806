"""Why a person sees a field, a related record or a file of a record of a live server, or may filter by a field."""

from __future__ import annotations

from typing import Any, NamedTuple

from _pb.access.live_paths import Place
from _pb.access.live_rules import Asked
from _pb.access.live_verdicts import Live, Verdict
from pb_common import PBUsageError
from pb_common.schema_types import Collection, Field
from pb_common.suggest import suggest

_NEVER_SHOWN = ("password", "tokenKey")
_DEEPEST = 6


class _Step(NamedTuple):
    """A relation on a path: how far it leads, and what the rule there says of each record to which it does."""

    path: str
    key: str
    found: list[tuple[Place, Verdict]]

    @property
    def verdict(self) -> Verdict:
        """What is said of a record at the end of it: of one that is let through, if there is any."""
        return next((one for _, one in self.found if one.allowed), self.found[0][1])

    @property
    def passes(self) -> bool:
        """Whether a record at the end of it is let through."""
        return self.verdict.allowed

    def as_data(self) -> dict[str, Any]:
        records = [
            {"record": (place.values or {}).get("id"), "allowed": verdict.allowed, "decided": verdict.decided}
            for place, verdict in self.found
        ]
        return {"path": self.path, "rule": self.key, "records": records}


def explained(live: Live, asked: Asked, detail: str, tried: str | None) -> dict[str, Any]:
    """Return why a person sees a detail of a record; `tried` is the field or the path, all fields by default."""
    if detail == "fields" and tried is None:
        shown = live.verdict("viewRule", asked)
        each = {field["name"]: _of_field(live, asked, field) for field in asked.base["fields"]}
        hidden = {name: why for name, why in each.items() if why}
        names = [name for name in each if name not in hidden] if shown.allowed else []
        return {**shown.as_data(), "shown": names, "hidden": hidden}
    if tried is None:
        raise PBUsageError(f"{detail} of what?", hint="Name the field, or a path such as author.team: --try NAME")
    ways = {"fields": _field, "files": _file, "expand": _expand, "filter": _filter}
    return {"tried": tried, **ways[detail](live, asked, tried)}


def _known(collection: Collection, name: str) -> Field:
    field = next((one for one in collection["fields"] if one["name"] == name), None)
    if field is None:
        names = [one["name"] for one in collection["fields"]]
        raise PBUsageError(
            f"{collection['name']} has no field {name!r}.", hint=suggest(name, names), code="unknown_name"
        )
    return field


def _of_field(live: Live, asked: Asked, field: Field) -> str:
    """Return why a field of a record that is shown is left out of it, "" if it is not."""
    if field["name"] in _NEVER_SHOWN and asked.base["type"] == "auth":
        return "Nobody is ever shown it."
    if live.person.is_superuser:
        return ""
    if field.get("hidden"):
        return "Only superusers see it: the field is hidden."
    values = asked.record.values or {}
    if asked.base["type"] != "auth" or field["name"] != "email" or values.get("emailVisibility"):
        return ""
    if live.person.is_record(asked.base, values):
        return ""
    managed = live.verdict("manageRule", asked)
    if managed.allowed:
        return ""
    asks = f"; manageRule {managed.decided}" if managed.rule else ""
    return f"emailVisibility of the record is false, and it is not their own{asks}."


def _field(live: Live, asked: Asked, tried: str) -> dict[str, Any]:
    why = _of_field(live, asked, _known(asked.base, tried))
    verdict = live.verdict("viewRule", asked)
    if why and verdict.allowed:
        verdict = verdict._replace(allowed=False, decided=why)
    return verdict.as_data()


def _file(live: Live, asked: Asked, tried: str) -> dict[str, Any]:
    field = _known(asked.base, tried)
    if field["type"] != "file":
        raise PBUsageError(f"{asked.base['name']}.{tried} is no file field, but {field['type']}.")
    if not field.get("protected"):
        words = "Whoever has the file's address gets it: the field is not protected."
        return {"allowed": True, "rule": None, "decided": words, "parts": []}
    return live.verdict("viewRule", asked._replace(context="protectedFile")).as_data()


def _expand(live: Live, asked: Asked, tried: str) -> dict[str, Any]:
    """Judge the viewRule of each collection on the way; the first that shows nothing decides."""
    own = live.verdict("viewRule", asked)
    if not own.allowed:
        return own._replace(decided=f"{asked.base['name']}.viewRule: {own.decided}").as_data()
    steps, why = _along(live, asked, tried.split("."), "viewRule", "expand")
    return _outcome(own, steps, why)


def _filter(live: Live, asked: Asked, tried: str) -> dict[str, Any]:
    """Judge the listRule of each collection on the way, which PocketBase asks from 0.31 on."""
    own = live.verdict("listRule", asked)
    if not own.allowed:
        return own._replace(decided=f"{asked.base['name']}.listRule: {own.decided}").as_data()
    names = _to_a_field(live, asked.base, tried.split("."))
    if names[-1] == "id" and len(names) > 1:  # the id of a related record stands in the record itself
        names.pop()
    steps, why = _along(live, asked, names[:-1], "listRule", "default")
    last = steps[-1].found if steps else [(asked.record, own)]
    if not why and last and (not steps or steps[-1].passes):
        why = _last(live, asked, [place for place, _ in last], names[-1])
    return _outcome(own, steps, why)


def _outcome(own: Verdict, steps: list[_Step], why: str) -> dict[str, Any]:
    """Return what came of a path: the last rule that was asked decides, unless there is another reason."""
    last = steps[-1].verdict if steps else own
    words = why or (f"{steps[-1].key}: {last.decided}" if steps else last.decided)
    data = last._replace(allowed=not why and last.allowed, decided=words).as_data()
    return {**data, "path": [step.as_data() for step in steps]}


def _along(live: Live, asked: Asked, names: list[str], key: str, context: str) -> tuple[list[_Step], str]:
    """Return the steps of a path up to where nothing is let through, and why it ends if that is no rule's doing."""
    places, steps = [asked.record], list[_Step]()
    for at, name in enumerate(names[:_DEEPEST]):
        base, path = places[0].collection, ".".join(names[: at + 1])
        if base is None:
            break
        why = _hidden(live, base, name)
        found = [place for one in places for place in _following(live, one, name)]
        step = _Step(path, f"{(found[0].collection or base)['name']}.{key}", _judged(live, asked, found, key, context))
        if why or not step.found:
            return steps, why or f"{path} is empty for this record."
        steps.append(step)
        if not step.passes:
            break
        places = [place for place, verdict in step.found if verdict.allowed]
    return steps, ""


def _judged(live: Live, asked: Asked, places: list[Place], key: str, context: str) -> list[tuple[Place, Verdict]]:
    """Return what the rule of a collection says of each record; where there is none, only of one that is null."""
    found = []
    for place in places:
        if place.values is not None:
            found.append((place, live.verdict(key, live.about(asked, place, context))))
        elif place.collection and place.collection.get(key) is None and not live.person.is_superuser:
            found.append((place, live.verdict(key, asked._replace(base=place.collection))))
    return found


def _to_a_field(live: Live, base: Collection, names: list[str]) -> list[str]:
    """Return the names of a filter's path without those inside of a JSON field, which belong to the record."""
    collection: Collection | None = base
    for at, name in enumerate(names):
        collection = live.paths.target(collection, name)
        if collection is None:
            return names[: at + 1]
    return names


def _hidden(live: Live, base: Collection, name: str) -> str:
    """Return why a name on the way cannot be named by this person, "" if it can."""
    field = next((one for one in base["fields"] if one["name"] == name), Field())
    if not field.get("hidden") or live.person.is_superuser:
        return ""
    return f"{base['name']}.{name} is hidden: PocketBase answers 400 to a filter, and expands nothing."


def _following(live: Live, place: Place, name: str) -> list[Place]:
    found = live.paths.follow(place, name)
    if found[0].collection is None:
        raise PBUsageError(
            f"{(place.collection or {}).get('name')}.{name} leads to no records.",
            hint="A path goes through relations, and back through them as in comments_via_post.",
        )
    return found


def _last(live: Live, asked: Asked, places: list[Place], name: str) -> str:
    """Return why the field at the end of a filter's path matches nothing for this person, "" if it does."""
    base = places[0].collection
    if base is None:
        return ""
    field = _known(base, name)
    if field.get("hidden"):
        return _hidden(live, base, name)
    reasons = [_of_field(live, live.about(asked, place), field) for place in places if place.values]
    return f"{base['name']}.{name}: {reasons[0]}" if reasons and all(reasons) else ""
