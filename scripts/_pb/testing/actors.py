"""Who sends the requests of a test: a guest, a user of any auth collection, the superuser."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, Union

from _pb.samples.forms import content_of, form_of
from pb_common import Answer, Client, PBUsageError, with_query
from pb_common.answers import read_answer
from pb_common.login_errors import SUPERUSERS
from pb_common.paths import BATCH, COLLECTIONS, collection_path, file_path, records_path

if TYPE_CHECKING:
    from _pb.schema.lookup import Schema
    from pb_common.realtime import Subscription

# What PocketBase itself answers, always in JSON.
_API = (COLLECTIONS, BATCH, "/api/files/token", "/api/settings", "/api/logs", "/api/backups", "/api/crons")


class Sent(NamedTuple):
    """A request and who sent it."""

    actor: Actor
    method: str
    path: str
    body: Any


class Reply(Answer):
    """An answer (`status`, `data`) that knows which request it answers; `id` is the id of the record in it, or "".

    `raw` is the body as it came, `headers` are the answer's, by their names in lower case.
    """

    def __new__(cls, answer: Answer, sent: Sent, raw: bytes = b"", headers: Mapping[str, str] | None = None) -> Reply:
        """Return the answer with the request."""
        reply = super().__new__(cls, answer.status, answer.data)
        reply.sent, reply.raw, reply.headers = sent, raw, headers or {}
        return reply

    sent: Sent
    raw: bytes
    headers: Mapping[str, str]

    @property
    def id(self) -> str:
        """The id of the record that the answer shows, "" if it shows none."""
        return str(self.data.get("id", "")) if isinstance(self.data, dict) else ""


# A record is named by its id, by the dict of it, or by the Reply that shows it.
Record = Union[str, Mapping[str, Any], Reply]


def id_of(record: Record) -> str:
    """Return the id of a record that is named in any of the three ways; raise PBUsageError for what names none."""
    if isinstance(record, str):
        return record
    if isinstance(record, Reply):
        return record.id
    if not isinstance(record, Mapping) or not record.get("id"):
        raise PBUsageError(f"{record!r} names no record.", hint="Give its id, its dict, or the reply that shows it.")
    return str(record["id"])


class Host(Protocol):
    """What an actor needs of the session it acts in."""

    client: Client

    @property
    def schema(self) -> Schema:
        """The server's collections, as they were first read."""

    @property
    def superuser(self) -> Actor:
        """The configured superuser."""

    def delete_later(self, collection: str, record: str) -> None:
        """Have a record deleted when the session ends."""


class Actor:
    """Somebody who sends requests: a guest, a user or the superuser.

    Each method returns the server's Reply (`status`, `data`) whatever it is, so that a test can judge it. A File among
    the values of a body is uploaded. `id` and `record` are the actor's own auth record, empty for the guest.
    """

    def __init__(self, session: Host, name: str, token: str = "", record: dict[str, Any] | None = None) -> None:
        self.name = name
        self.token = token
        self.record = record or {}
        self.id = str(self.record.get("id", ""))
        self.session = session

    @property
    def is_superuser(self) -> bool:
        """Whether no rule is asked of the actor."""
        return self.record.get("collectionName") == SUPERUSERS or (self.name == "superuser" and not self.record)

    def __str__(self) -> str:
        return f"{self.name} ({self.record['collectionName']}/{self.id})" if self.record else self.name

    def request(
        self,
        method: str,
        path: str,
        data: Any = None,
        *,
        form: Mapping[str, Any] | None = None,
        raw: bytes | str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """Send any request, for example to a custom route; `path` begins with a slash.

        `data` is sent as JSON. Instead of it, `form` is sent as a browser does, or `raw` as it is, of which `headers`
        say the Content-Type. Raises PBConnectionError where no answer comes within the seconds of PB_TIMEOUT.
        """
        content, kind = _content(data, form, raw)
        named = {"Accept": "application/json"} if path.startswith(_API) else {}
        named |= {"Content-Type": kind} if kind else {}
        named |= {"Authorization": self.token} if self.token else {}
        named |= headers or {}
        client = self.session.client
        shown = data if data is not None else form if form is not None else raw
        sent = Sent(self, method, path, shown)
        if path.startswith(_API):
            response = client.respond(method, path, content, named)
            return Reply(read_answer(client.settings.url, path, response), sent, response.body, response.headers)
        response = client.transport.send(method, path, content, named)
        return Reply(Answer(response.status, _read(response.body)), sent, response.body, response.headers)

    def list(self, collection: str, **query: Any) -> Reply:
        """List records; `query` may hold filter, sort, expand, fields, page and perPage."""
        return self.request("GET", with_query(records_path(collection), **query))

    def find(self, collection: str, record: Record, **query: Any) -> Reply:
        """List the one record; the list is empty where the listRule hides it."""
        return self.list(collection, filter=f'id = "{id_of(record)}"', **query)

    def get(self, collection: str, record: Record, **query: Any) -> Reply:
        """Get one record; `query` may hold expand and fields."""
        return self.request("GET", with_query(records_path(collection, id_of(record)), **query))

    def create(self, collection: str, data: dict[str, Any], **query: Any) -> Reply:
        """Create a record; the session deletes it at its end."""
        reply = self.request("POST", with_query(records_path(collection), **query), data)
        if reply.status == 200 and reply.id:
            self.session.delete_later(collection, reply.id)
        return reply

    def update(self, collection: str, record: Record, data: dict[str, Any], **query: Any) -> Reply:
        """Change fields of a record."""
        return self.request("PATCH", with_query(records_path(collection, id_of(record)), **query), data)

    def delete(self, collection: str, record: Record) -> Reply:
        """Delete a record."""
        return self.request("DELETE", records_path(collection, id_of(record)))

    def batch(self, requests: Sequence[tuple[str, str, dict[str, Any]] | tuple[str, str]]) -> Reply:
        """Send requests as one, all or nothing: ("POST", "notes", {...}), ("PATCH", "notes/ID", {...}), ...

        Follows POST /api/batch, which answers 403 unless it is enabled in the settings.
        """
        listed = [_batched(*request) for request in requests]
        reply = self.request("POST", BATCH, {"requests": listed})
        if reply.status == 200:
            for request, answer in zip(listed, reply.data):
                if request["method"] in ("POST", "PUT"):
                    self.session.delete_later(answer["body"]["collectionName"], answer["body"]["id"])
        return reply

    def login(self, collection: str, identity: str, password: str) -> Reply:
        """Try to log in with a password, which 403 refuses where the authRule does not hold.

        Follows POST /api/collections/{collection}/auth-with-password.
        """
        path = f"{collection_path(collection)}/auth-with-password"
        return self.request("POST", path, {"identity": identity, "password": password})

    def subscribe(self, *topics: str) -> Subscription:
        """Subscribe to realtime events as the actor; topics are "notes/*" or "notes/ID". Use it with `with`.

        Follows GET and POST /api/realtime. Raises PBRequestError if the server refuses the topics, PBUsageError for
        "name/*" if there is no such collection: the server would accept that without ever sending anything.
        """
        from pb_common.realtime import subscribe

        for topic in topics:
            name, _, rest = topic.partition("/")
            path = collection_path(name)
            if rest.startswith("*") and self.session.client.exchange_as_superuser("GET", path).status == 404:
                raise PBUsageError(
                    f"There is no collection {name!r}, so {topic!r} brings no event.", code="unknown_collection"
                )
        return subscribe(self.session.client, topics, self.token)

    def download(self, collection: str, record: Record, file: str) -> Answer:
        """Fetch a file of a record by its stored name and return its status and bytes.

        Follows GET /api/files/{collection}/{record}/{file}; a protected file needs the viewRule, so the actor's file
        token (POST /api/files/token) goes along.
        """
        token = self.request("POST", "/api/files/token").data.get("token") if self.token else None
        path = with_query(file_path(collection, id_of(record), file), token=token)
        response = self.session.client.transport.send("GET", path, None, {})
        return Answer(response.status, response.body)


def _content(data: Any, form: Mapping[str, Any] | None, raw: bytes | str | None) -> tuple[bytes | None, str]:
    """Return the body of a request and its Content-Type, "" where there is none to be told."""
    if sum(given is not None for given in (data, form, raw)) > 1:
        raise PBUsageError("The body is given more than once.", hint="Give data, form or raw.")
    if not isinstance(raw, (bytes, str, type(None))) or not isinstance(form, (Mapping, type(None))):
        kind = "raw is bytes or a text" if form is None else "form is a dict of its fields"
        raise PBUsageError(f"The {kind}, not {type(raw if form is None else form).__name__}.", hint="data is JSON.")
    if raw is not None:
        return raw.encode() if isinstance(raw, str) else raw, ""
    if form is not None:
        return form_of(form)
    return content_of(data) if data is not None else (None, "")


def _read(body: bytes) -> Any:
    """Return what a custom route answered: JSON, or the text that is none."""
    try:
        return json.loads(body) if body else None
    except ValueError:
        return body.decode("utf-8", "replace")


def _batched(method: str, target: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    collection, _, record = target.partition("/")
    return {"method": method, "url": records_path(collection, record or None), "body": body or {}}
