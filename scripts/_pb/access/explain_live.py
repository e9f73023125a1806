"""Why a person of a live server may do something with a record, or may not: nothing is written, nobody is acted as."""

from __future__ import annotations

import argparse

from _pb.access.live_details import explained
from _pb.access.live_paths import Place
from _pb.access.live_request import person_of, request_of, stored_record
from _pb.access.live_verdicts import Live, Verdict
from _pb.access.refusing_hooks import hooks_of
from pb_common import Client, Outcome, PBUsageError, script_command
from pb_common.collections import get_collections, named
from pb_common.paths import records_path, with_query
from pb_common.schema_types import Collection
from pb_common.suggest import suggest

# How PocketBase answers where a rule does not hold.
_FACES = {"list": "200, without the record", "create": "400"}


def explain_live(client: Client, args: argparse.Namespace) -> Outcome:
    """Return whether a person may do something with a record, which conditions hold, and with which values.

    The superuser asks for the record with each condition as the filter, in which what the person is and sends is put
    in (GET /api/collections/{collection}/records). Raises PBUsageError for a person, a record, a field or a collection
    that does not exist.
    """
    _refuse_sources(args)
    collections = get_collections(client)
    base = named(collections, args.collection)
    if not base:
        names = [item["name"] for item in collections if not item["system"]]
        raise PBUsageError(
            f"There is no collection {args.collection!r}.", hint=suggest(args.collection, names), code="unknown_name"
        )
    live = Live(client, collections, person_of(client, args.actor))
    if args.record is None and args.action != "create":
        args.record = _newest(client, base)
    record = _record(client, base, args)
    asked = request_of(args, base, record, live.person)
    found = {"collection": base["name"], "action": args.action, "actor": live.person.name, "record": args.record}
    if args.action in ("list", "view", "create", "update", "delete"):
        verdict = live.verdict(f"{args.action}Rule", asked)
        answer = {} if verdict.allowed else {"answer": _face(base, args.action, verdict)}
        outcome = Outcome({**found, **verdict.as_data(), **answer}, hint=_hint(base, args.action, verdict))
    else:
        outcome = Outcome({**found, **explained(live, asked, args.action, args.tried)})
    live.warn_of_rows()
    live.warn_of_sign_in()
    return outcome


def _record(client: Client, base: Collection, args: argparse.Namespace) -> Place | None:
    """Return the record that --record names, None for a creation."""
    if args.action == "create":
        if args.record is not None:
            raise PBUsageError("A record that is created is not there yet.", hint="Say what is sent with --body JSON.")
        return None
    return stored_record(client, base, args.record)


def _newest(client: Client, base: Collection) -> str:
    """Return the record that is meant where none is named: the last one that was stored, of a view's one of them."""
    sort = "-id" if base["type"] == "view" else "-@rowid"
    query = with_query(records_path(base["name"]), perPage=1, fields="id", skipTotal=1, sort=sort)
    found = client.call("GET", query)["items"]
    if not found:
        raise PBUsageError(
            f"{base['name']} has no record to ask about.", hint="Create one first.", code="unknown_record"
        )
    client.warn(f"--record names no record, so the last one that was stored was asked about: {found[0]['id']}.")
    return str(found[0]["id"])


def _refuse_sources(args: argparse.Namespace) -> None:
    given = [name for name in ("file", "project", "version", "binary") if getattr(args, name) is not None]
    if given:
        raise PBUsageError(
            f"--{given[0]} is for a copy; a person or a record is one of the live server.",
            hint="Leave it out, or name one of the actors of the matrix, such as --as users.",
        )


def _face(base: Collection, action: str, verdict: Verdict) -> str:
    """Return how PocketBase answers where a rule lets nothing pass."""
    if base["type"] == "view" and action not in ("list", "view"):
        return "400"
    if verdict.rule is None:
        return "403"
    is_broken = bool(verdict.rule) and not verdict.parts
    return "400" if is_broken and action == "list" else _FACES.get(action, "404")


def _hint(base: Collection, action: str, verdict: Verdict) -> str | None:
    """Return how to see what the project's hooks do where the rule lets a request pass, None where there are none."""
    hooks = hooks_of(base, action) if verdict.allowed else []
    if not hooks:
        return None
    export = script_command("pb_collections.py export --file schema.json")
    matrix = script_command(f"pb_access.py matrix {base['name']} --project . --file schema.json")
    opened = f', set "{action}Rule" to "" in it' if verdict.rule else ""
    return (
        f"The rule lets it pass. Where the server does not, a hook decides ({', '.join(hooks)})."
        f" To see it alone, on a copy: {export}{opened}, then {matrix}"
    )
