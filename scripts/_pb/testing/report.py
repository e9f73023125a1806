"""What a failed check shows: who asked for what, what the server answered, and which rule decided."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import unquote, urlsplit

from _pb.testing.actors import Reply, Sent
from pb_common import Answer, PBError, PBRequestError

_LONGEST = 600
RECORDS = re.compile(r"/api/collections/([^/]+)/records(/[^/]+)?$")
_ACTIONS = {"POST": "create", "PATCH": "update", "DELETE": "delete"}
_SECRETS = {"password", "passwordConfirm", "oldPassword", "token"}


def report(problem: str, answer: Answer) -> str:
    """Return the lines that explain a failed check; a plain Answer shows only itself."""
    lines = [problem]
    sent = answer.sent if isinstance(answer, Reply) else None
    if sent:
        body = "" if sent.body is None else f" {_shown(sent.body)}"
        lines += [f"  actor:   {sent.actor}", f"  request: {sent.method} {sent.path}{body}"]
    lines.append(f"  answer:  {answer.status} {_shown(answer.data)}")
    if sent:
        lines += [f"  {line}" for line in (_rule(sent), _reason(sent, answer)) if line]
    return "\n".join(lines)


def _shown(value: Any) -> str:
    text = json.dumps(_without_secrets(value), ensure_ascii=False, default=str)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}... ({len(text)} characters)"


def _without_secrets(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: "..." if key in _SECRETS else _without_secrets(item) for key, item in value.items()}
    return [_without_secrets(item) for item in value] if isinstance(value, list) else value


def _rule(sent: Sent) -> str | None:
    """Return the rule that decides about a request to a collection's records, as it is on the server."""
    match = RECORDS.match(urlsplit(sent.path).path)
    if not match:
        return None
    try:
        collection = sent.actor.session.client.call("GET", f"/api/collections/{match[1]}")
    except PBError:
        return f"rule:    none, there is no collection {unquote(match[1])!r}"
    key = f"{action_of(sent)}Rule"
    rule = collection.get(key)
    meaning = {None: "null (superusers only)", "": '"" (anyone)'}.get(rule, rule)
    asked = ", which superusers are not asked" if sent.actor.is_superuser else ""
    return f"rule:    {collection['name']}.{key} = {meaning}{asked}"


def action_of(sent: Sent) -> str:
    """Return what a request does to records: list, view, create, update or delete."""
    match = RECORDS.match(urlsplit(sent.path).path)
    return _ACTIONS.get(sent.method) or ("view" if match and match[2] else "list")


def _reason(sent: Sent, answer: Answer) -> str | None:
    """Return what the server's log says of a request that failed without a reason, as when a hook throws."""
    from _pb.explain import explain

    if answer.status != 400:
        return None
    error = PBRequestError(answer.status, answer.data, method=sent.method, path=sent.path)
    reason = explain(sent.actor.session.client, error)
    return f"reason:  {reason}" if reason else None
