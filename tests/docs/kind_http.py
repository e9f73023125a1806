"""`http` blocks: requests and what the server answers.

    POST /api/collections/posts/records as alice
    {"title": ""}
    => 400 {"data": {"title": {"code": "validation_required"}}}

After the first line may come header lines and a JSON body. `as` names a user of the page's fixture, `superuser` or
`guest` (who is meant without `as`). `MAIL alice@example.com` waits for a mail; it answers 200, its subject and text.
"""

from __future__ import annotations

import http.client
import json
import re
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from .compare import difference, fill
from .pages import Block
from .stage import Stage

_REQUEST = re.compile(r"(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS|MAIL) (\S+)(?: as (\S+))?")
_HEADER = re.compile(r"([A-Za-z][A-Za-z-]*): (.+)")
_ANSWER = re.compile(r"=> (\d{3})\s*(.*)", re.DOTALL)


class Pair(NamedTuple):
    """A request and the answer that the page promises."""

    method: str
    path: str
    actor: str
    headers: dict[str, str]
    body: str
    status: int
    answer: str


def http_pairs(stage: Stage, block: Block) -> None:
    """Send each request and compare its answer."""
    pairs = read_pairs(stage.project.text(block))
    if any(pair.method == "MAIL" for pair in pairs):
        _ = stage.mailbox  # from now on the server sends there
    for pair in pairs:
        status, seen = send(stage, pair)
        stage.last = seen
        stage.output = json.dumps(seen, ensure_ascii=False)
        shown = f"{pair.method} {pair.path} as {pair.actor} answered {status} {stage.output[:2000]}"
        assert status == pair.status, f"{shown}, not {pair.status}"
        if pair.answer:
            said = json.loads(fill(pair.answer, stage.known))
            problem = difference(said, seen, stage.known)
            assert not problem, f"{problem}; {shown}"


def read_pairs(text: str) -> list[Pair]:
    """Return the pairs of a block; raise ValueError where it is none."""
    parts: list[list[str]] = []
    for line in text.splitlines():
        if line.startswith("# ") or not line.strip():
            continue
        if _REQUEST.fullmatch(line):
            parts.append([])
        if not parts:
            raise ValueError(f"expected a request such as GET /api/health, got {line!r}")
        parts[-1].append(line)
    if not parts:
        raise ValueError("no request in the block")
    return [_pair(part) for part in parts]


def _pair(lines: list[str]) -> Pair:
    request = _REQUEST.fullmatch(lines[0])
    at = next((number for number, line in enumerate(lines) if line.startswith("=> ")), None)
    if request is None or at is None:
        raise ValueError(f"{lines[0]!r} has no answer: a line such as => 200")
    answer = _ANSWER.fullmatch("\n".join(lines[at:]))
    if answer is None:
        raise ValueError(f"expected => STATUS and JSON, got {lines[at]!r}")
    start = 1
    headers = {}
    while start < at and (header := _HEADER.fullmatch(lines[start])):
        headers[header[1]] = header[2]
        start += 1
    body = "\n".join(lines[start:at])
    return Pair(request[1], request[2], request[3] or "guest", headers, body, int(answer[1]), answer[2].strip())


def send(stage: Stage, pair: Pair) -> tuple[int, Any]:
    """Send a request and return the status and the JSON or text of the answer."""
    path = fill(pair.path, stage.known)
    if pair.method == "MAIL":
        assert stage.mailbox
        return 200, stage.mailbox.mail(path)
    headers = {name: fill(value, stage.known) for name, value in pair.headers.items()}
    if token := stage.token(pair.actor):
        headers.setdefault("Authorization", token)
    body = fill(pair.body, stage.known)
    if body:
        headers.setdefault("Content-Type", "application/json")
    connection = http.client.HTTPConnection(urlsplit(stage.server.url).netloc, timeout=60)
    try:
        connection.request(pair.method, path.replace(" ", "%20"), body.encode() or None, headers)
        response = connection.getresponse()
        raw = response.read()
    finally:
        connection.close()
    try:
        return response.status, json.loads(raw) if raw else None
    except ValueError:
        return response.status, raw.decode("utf-8", "replace")
