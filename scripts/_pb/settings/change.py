"""A change of the settings: what differs, what it would hurt, the way back, and the request."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from _pb.schema.secrets import masked
from _pb.settings.document import SECRETS, leaves, nested, read, without_secret_values
from _pb.settings.guards import Finding, Situation, findings
from _pb.settings.wanted import checked, resolved
from pb_common import Client, Outcome, PBError, PBRefused, PBRequestError, PBUsageError, script_command
from pb_common.output import dry_run, note
from pb_common.paths import SETTINGS
from pb_common.patience import is_away
from pb_common.processes import terminated_as_interrupted
from pb_common.project import typed

FLAG = "--force"


class _Plan(NamedTuple):
    """The values that change, by their dotted names, before and after."""

    before: dict[str, Any]
    after: dict[str, Any]

    def shown(self) -> list[dict[str, Any]]:
        """Return the changes as people read them."""
        to = without_secret_values(self.after)
        return [{"setting": name, "from": self.before.get(name), "to": to[name]} for name in self.after]


def change(
    client: Client, live: Mapping[str, Any], values: Mapping[str, Any], place: str, args: argparse.Namespace
) -> Outcome:
    """Bring the values to the server, others stay (PATCH /api/settings), and return what changed and the way back.

    `place` says where the values come from, as `document_given` does. Raises PBRefused for what would hurt, without
    --force.
    """
    if not any(value != {} for value in values.values()):
        raise PBUsageError(
            "No setting is named: nothing is to be changed.", hint='For example: {"meta": {"appName": "Acme"}}'
        )
    wanted = resolved(client, checked(client, values, live), place)
    after = {name: value for name, value in wanted.items() if name in SECRETS or live[name] != value}
    if not after:
        return Outcome({"changes": []}, hint="The server has all that already.", differs=False)
    plan = _Plan({name: live[name] for name in after if name in live}, after)
    found = list(findings(Situation(client, live, {**live, **after}, set(after))))
    refused = _refusal(client, found, plan)
    way_back = _way_back(plan, found)
    if args.dry_run:
        document = dry_run("PATCH", SETTINGS, changes=plan.shown(), body=nested(after))
        said = f"It would be refused: {refused} {refused.hint}" if refused else None
        return Outcome(document, hint=said, differs=True)
    if refused and not args.force:
        raise refused
    told = leaves(_sent(client, plan, way_back))
    for name in sorted(after.keys() & told.keys()):
        if told[name] != after[name] and name not in SECRETS:
            client.warn(f"The server keeps {name} as {told[name]!r}: a hook may have changed it.")
    return Outcome({"changes": plan.shown()}, hint=way_back)


def _sent(client: Client, plan: _Plan, way_back: str) -> Any:
    """Send the changes and return the answer; note them unless it is known that nothing was changed.

    The answer tells the way back, so that it is noted where none comes.
    """
    try:
        with terminated_as_interrupted():
            answer = client.call("PATCH", SETTINGS, nested(plan.after))
    except (PBError, KeyboardInterrupt) as error:
        if client.transport.sent and (isinstance(error, KeyboardInterrupt) or is_away(error)):
            _note(plan)
            note(way_back)
        if isinstance(error, PBRequestError) and error.status == 400:
            wrong = _wrong(error.data.get("data", {}))
            error.hint = f"Nothing was changed. Correct {', '.join(wrong) or 'what the message says'}."
        raise
    _note(plan)
    return answer


def _wrong(problems: Any, place: tuple[str, ...] = ()) -> list[str]:
    """Return the dotted names of the settings that the problems of a refusal are about."""
    if not isinstance(problems, dict) or "code" in problems:
        return [".".join(place)]
    return [name for key, inner in problems.items() for name in _wrong(inner, (*place, key))]


def _note(plan: _Plan) -> None:
    for item in plan.shown():
        note(f"{item['setting']}: {_short(item['from'])} -> {_short(item['to'])}")


def look_at(client: Client, document: Any) -> None:
    """Warn of what a document that is about to be sent as it is would hurt.

    Raises PBUsageError for a masked secret in it, which the server would store, PBRefused for what locks out.
    """
    if not isinstance(document, dict):
        return
    live = read(client)
    # The server knows a setting in whatever letters it is written.
    names = {name.lower(): name for name in [*live, *SECRETS]}
    values = {names.get(name.lower(), name): value for name, value in leaves(document).items()}
    # In a form a list of one is a text.
    lists = [name for name, value in values.items() if isinstance(live.get(name), list) and isinstance(value, str)]
    values.update({name: [values[name]] for name in lists})
    hidden = [name for name in SECRETS if masked(values.get(name))]
    if hidden:
        raise PBUsageError(
            f"{', '.join(hidden)} is masked: the server would store the mask.",
            hint="Without the key the old one stays.",
        )
    try:
        after = checked(
            client, {name: value for name, value in values.items() if name in live or name in SECRETS}, live
        )
    except PBUsageError:
        return  # which the server answers, or passes over
    changed = {name for name, value in after.items() if name in SECRETS or live[name] != value}
    found = list(findings(Situation(client, live, {**live, **after}, changed)))
    shut_out = [finding for finding in found if finding.hurts and finding.way_back]
    if shut_out:
        raise PBRefused(
            " ".join(finding.sentence for finding in shut_out),
            hint=f"If that is meant: pb_settings.py set ... {FLAG}. {_ways(shut_out)}",
            code="would_lock_out",
        )
    for finding in found:
        client.warn(finding.sentence)


def _refusal(client: Client, found: list[Finding], plan: _Plan) -> PBRefused | None:
    """Return the refusal of a change that hurts, None if it does not; warn of what may."""
    for finding in found:
        if not finding.hurts:
            client.warn(finding.sentence)
    hurting = [finding for finding in found if finding.hurts]
    if not hurting:
        return None
    return PBRefused(
        " ".join(finding.sentence for finding in hurting),
        hint=f"Add {FLAG} if that is meant. {_ways(found)}".rstrip(),
        code="would_lock_out" if _ways(found) else "refused",
        changes=plan.shown(),
    )


def _ways(found: list[Finding]) -> str:
    return " ".join(dict.fromkeys(finding.way_back for finding in found if finding.way_back))


def _short(value: Any) -> str:
    return "(not told)" if value is None else json.dumps(value, ensure_ascii=False)


def _way_back(plan: _Plan, found: list[Finding]) -> str:
    """Return the sentences that say how to undo a change."""
    said = []
    if plan.before:
        document = json.dumps(nested(plan.before), ensure_ascii=False, separators=(",", ":"))
        said.append(f"The way back: {script_command(f'pb_settings.py set {typed(document)}')}")
    hidden = sorted(plan.after.keys() & SECRETS.keys())
    if hidden:
        said.append(f"The server does not tell what {', '.join(hidden)} was.")
    return " ".join([*said, *filter(None, [_ways(found)])])
