"""Send one request, and print or save what comes back."""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, cast
from urllib.parse import unquote, urlencode, urlsplit

from _pb.api.body import Carried, body_of, no_body, require_parent, split_pairs
from _pb.api.elsewhere import refuse_stream, script_for
from _pb.api.pages import all_pages
from _pb.api.unknown_route import hint_of
from pb_common import Client, PBRequestError, PBUsageError
from pb_common.answers import encoded
from pb_common.destroying import Destruction, permit
from pb_common.multipart import Multipart
from pb_common.output import dry_run, write_file
from pb_common.paths import BATCH, SETTINGS
from pb_common.reading import once_each
from pb_common.wire import Response

if TYPE_CHECKING:
    from pb_common.schema_types import Collection

_METHOD = re.compile(r"[A-Z]+")
# Of these PocketBase reads no body.
_WITHOUT_BODY = ("GET", "HEAD")
_WRITING = ("POST", "PATCH", "PUT")
# Keys within a collection, or around several, that are looked at before they are sent.
_INNER_KEYS = ("collections", "enabled", "identityFields", "providers", "mappedFields")


class _Request(NamedTuple):
    """A request as the command line describes it; `token` is "" for a guest."""

    method: str
    path: str
    body: Carried
    headers: dict[str, str]
    token: str


def send(client: Client, args: argparse.Namespace) -> Any:
    """Send one request and return the answer's body, with the headers that are asked for.

    Raises PBRequestError for a status from 400 on, PBRefused for a change that PB_PROTECTED keeps back.
    """
    method, path = args.method.upper(), _path(args.path, args.query)
    if not _METHOD.fullmatch(method):
        raise PBUsageError(f"{args.method!r} is no HTTP method.", hint="The method comes first: GET /api/health")
    refuse_stream(method, path)
    own = once_each(split_pairs(args.header, "--header", ":"), "The header {}", str.lower)
    body = body_of(args, next((own[name] for name in own if name.lower() == "content-type"), None))
    _require_fitting(method, body, args)
    if args.output is not None:
        require_parent(args.output)
    if args.actor is None:
        values = _in_known_letters(path, body.values)
        if method in _WRITING:
            _look_at_masks(path, values)
        _look_at_lockout(client, method, path, values)
    if args.dry_run:
        return dry_run(method, path, body=body.shown, actor=args.actor or "superuser")
    headers = _merged(_content_headers(body), own)
    if client.transport.gate.is_change(method, path, body.content, headers):
        client.transport.gate.require_open(method, path)
        permit(client, Destruction(f"{method} {path} may change or delete data.", {}, args.yes), "api")
    token = "" if "authorization" in map(str.lower, own) else _token(client, args.actor)
    request = _Request(method, path, body, headers, token)
    if args.paginate:
        found = all_pages(client, path, lambda page: _read(_answered(client, request._replace(path=page))))
        return _saved(args.output, encoded(found)) if args.output else found
    return _shown(client, request, _answered(client, request), args)


def _require_fitting(method: str, body: Carried, args: argparse.Namespace) -> None:
    """Raise PBUsageError for a body or an option that does not go with the method."""
    if method in _WITHOUT_BODY and body.content is not None:
        raise no_body(method, args.body)
    if args.paginate and method != "GET":
        raise PBUsageError(
            "--paginate reads lists, so it goes with GET.", hint="Leave it out.", code="wrong_command_line"
        )
    if args.paginate and args.include:
        raise PBUsageError(
            "--paginate gets many answers, each with its headers.",
            hint="Leave out --include, or ask for one page: --query page=1",
            code="wrong_command_line",
        )


def _in_known_letters(path: str, values: Any) -> Any:
    """Return what is sent about collections with its keys as they are known: the server takes them in any letters."""
    if not path.startswith("/api/collections") or "/records" in path or not isinstance(values, (dict, list)):
        return values
    from _pb.schema.export import COLLECTION_KEYS, SECRETS

    return _renamed(values, {key.lower(): key for key in (*COLLECTION_KEYS, *SECRETS, *_INNER_KEYS)})


def _renamed(value: Any, known: Mapping[str, str]) -> Any:
    if isinstance(value, list):
        return [_renamed(item, known) for item in value]
    if isinstance(value, dict):
        return {known.get(key.lower(), key): _renamed(inner, known) for key, inner in value.items()}
    return value


def _look_at_masks(path: str, body: Any) -> None:
    """Raise PBUsageError for a schema with masked secrets, which the server would store."""
    if not re.match(r"/api/collections(/import|/[^/?#]+)?/?([?#]|$)", path) or not isinstance(body, dict):
        return
    from _pb.schema.secrets import refuse_masked

    given = body.get("collections", [body])
    found = [item for item in (given if isinstance(given, list) else []) if isinstance(item, dict)]
    refuse_masked(cast("list[Collection]", found))


def _look_at_lockout(client: Client, method: str, path: str, body: Any) -> None:
    """Raise PBRefused for a change of superusers or the settings after which the account in use could not log in."""
    record = re.match(r"/api/collections/([^/?#]+)/records/([^/?#]+)/?([?#]|$)", path)
    if record and method in ("PATCH", "DELETE"):
        from _pb.records.own_account import keep_own_account

        given = (body if isinstance(body, dict) else {}) if method == "PATCH" else None
        keep_own_account(client, unquote(record[1]), given, unquote(record[2]), {})
    requests = body.get("requests") if isinstance(body, dict) and urlsplit(path).path == BATCH else None
    for item in requests if isinstance(requests, list) else []:
        if isinstance(item, dict):
            _look_at_lockout(client, str(item.get("method")).upper(), str(item.get("url")), item.get("body"))
    if method != "PATCH":
        return
    if urlsplit(path).path == SETTINGS:
        from _pb.settings.change import look_at

        look_at(client, body)
    match = re.match(r"/api/collections/([^/?#]+)/?([?#]|$)", path)
    if not match or not isinstance(body, dict):
        return
    from _pb.collections.lockout import lockout
    from _pb.schema.fresh import SUPERUSERS
    from pb_common.collections import get_collections, named

    live = get_collections(client)
    superusers = named(live, SUPERUSERS)
    if superusers and unquote(match[1]).lower() in (superusers["name"], superusers["id"]):
        parts = {key: value for key, value in body.items() if isinstance(value, dict)}
        refused = lockout(client, live, [cast("Collection", {**parts, "id": superusers["id"]})])
        if refused:
            refused.hint = (
                "If that is meant: pb_collections.py update _superusers JSON --force; references/auth-api.md has the"
                " way back in (Superusers)."
            )
            raise refused


def _token(client: Client, actor: str | None) -> str:
    if actor is None:
        return client.superuser_token()
    from pb_common.acting import token_of

    return token_of(client, actor)


def _path(path: str, query: list[str]) -> str:
    """Return the path with its query; raise PBUsageError for the address of a server."""
    if "://" in path or not path.startswith("/"):
        raise PBUsageError(
            f"The path {path!r} does not begin with a slash.",
            hint="Give the route alone, for example /api/health; PB_URL says which server.",
        )
    if path.startswith("//"):
        raise PBUsageError(
            f"The path {path!r} begins with more than one slash.",
            hint="It begins with one, for example /api/health; PB_URL says which server.",
        )
    pairs = split_pairs(query, "--query", "=")
    joint = "&" if urlsplit(path).query else "?"
    return f"{path}{joint}{urlencode(pairs, errors='surrogateescape')}" if pairs else path


def _answered(client: Client, request: _Request) -> Response:
    """Return the answer to a request; raise PBRequestError for a status from 400 on."""
    authorization = {"Authorization": request.token} if request.token else {}
    headers = _merged({"Accept": "*/*", **authorization}, request.headers)
    response = client.respond(request.method, request.path, request.body.content, headers)
    client.status = response.status
    if response.status >= 400:
        data = _read(response)
        data = data if isinstance(data, dict) else {"message": f"HTTP {response.status}", "body": data}
        error = PBRequestError(response.status, data, method=request.method, path=request.path)
        error.hint = script_for(request.method, request.path) or hint_of(error)
        raise error
    return response


def _merged(ours: dict[str, str], own: dict[str, str]) -> dict[str, str]:
    """Return headers of which those that the command line names replace ours, however they are written."""
    named = {name.lower() for name in own}
    return {**{name: value for name, value in ours.items() if name.lower() not in named}, **own}


def _content_headers(body: Carried) -> dict[str, str]:
    if isinstance(body.content, Multipart):
        return body.content.headers
    return {} if body.content is None else {"Content-Type": "application/json"}


def _read(response: Response) -> Any:
    """Return a body as JSON where it is JSON, else as text; None if it is empty."""
    if not response.body:
        return None
    try:
        return json.loads(response.body)
    except (ValueError, RecursionError):
        return response.body.decode("utf-8", "replace")


def _shown(client: Client, request: _Request, response: Response, args: argparse.Namespace) -> Any:
    body: Any
    if args.output:
        body = _saved(args.output, response.body)
    elif _is_text(response.body):
        body = _read(response)
    else:
        kind = response.headers.get("content-type", "no content type")
        said = f"{request.path} answers {len(response.body)} bytes of {kind}, which are no text."
        if request.method == "GET":
            raise PBUsageError(said, hint="Save them: --output PATH")
        client.warn(f"{said} It is done; with --output PATH they would have been saved.")
        body = {"bytes": len(response.body), "contentType": kind}
    names = [name.strip().lower() for name in (args.include or "").split(",") if name.strip()]
    if not names:
        return body
    return {"headers": {name: response.headers.get(name) for name in names}, "body": body}


def _saved(path: str, body: bytes) -> dict[str, Any]:
    return {"file": write_file(path, body), "bytes": len(body)}


def _is_text(body: bytes) -> bool:
    try:
        return "\x00" not in body.decode("utf-8")
    except UnicodeDecodeError:
        return False
