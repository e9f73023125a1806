"""Who and what an attack needs on a real server: records made by the superuser, and people who send requests."""

from __future__ import annotations

import http.client
import itertools
import json
import threading
import urllib.parse
import uuid
from typing import Any, Callable
from urllib.parse import quote, urlsplit

from servers import Server

PAST = "2020-01-01 00:00:00.000Z"
FUTURE = "2099-01-01 00:00:00.000Z"
PASSWORD = "correct-horse-battery"
_NUMBERS = itertools.count(1)


class Person(str):
    """Somebody who sends requests; as a text the id of the account, which is empty for a guest.

    `query` is added to the address of each request, `headers` to its headers.
    """

    world: World
    collection: str = ""
    token: str = ""

    def get(self, path: str, **query: str) -> tuple[int, Any]:
        """Send a GET request and return the status and the answer."""
        return self.send("GET", path, None, query)

    def send(
        self, method: str, path: str, body: Any = None, query: dict[str, str] | None = None, **headers: str
    ) -> tuple[int, Any]:
        """Send any request and return the status and the answer."""
        return self.world.send(method, path + _encoded(query or {}), body, self.token, headers)

    def sees(self, collection: str, record: str, **query: str) -> bool:
        """Return whether the record can be viewed."""
        return self.view(collection, record, **query) != {}

    def view(self, collection: str, record: str, **query: str) -> dict[str, Any]:
        """Return the record as this person views it, empty if he may not."""
        status, body = self.get(f"/api/collections/{quote(collection)}/records/{record}", **query)
        return dict(body) if status == 200 else {}

    def rows(self, collection: str, **query: str) -> list[dict[str, Any]]:
        """Return the records that are listed for this person."""
        status, body = self.get(f"/api/collections/{quote(collection)}/records", perPage="500", **query)
        return list(body["items"]) if status == 200 else []

    def lists(self, collection: str, record: str, **query: str) -> bool:
        """Return whether the record is listed."""
        return any(row["id"] == record for row in self.rows(collection, **query))

    def create(self, collection: str, query: dict[str, str] | None = None, **body: Any) -> str:
        """Create a record and return its id, empty if that is refused."""
        status, made = self.send("POST", f"/api/collections/{quote(collection)}/records", body, query)
        return str(made["id"]) if status == 200 else ""

    def sign_up(self, collection: str, **body: Any) -> str:
        """Create an account with a password and return its id, empty if that is refused."""
        return self.create(collection, **{**self.world.credentials(), **body})

    def update(self, collection: str, record: str, query: dict[str, str] | None = None, **body: Any) -> bool:
        """Change a record and return whether that was allowed."""
        return self.send("PATCH", f"/api/collections/{quote(collection)}/records/{record}", body, query)[0] == 200

    def delete(self, collection: str, record: str) -> bool:
        """Delete a record and return whether that was allowed."""
        return self.send("DELETE", f"/api/collections/{quote(collection)}/records/{record}")[0] == 204

    def downloads(self, collection: str, record: str, field: str) -> bool:
        """Return whether the file of the field can be fetched, with a file token of one's own if signed in."""
        name = self.world.value(collection, record, field)
        name = name[0] if isinstance(name, list) else name
        query = {}
        if self.token:
            query = {"token": self.send("POST", "/api/files/token")[1]["token"]}
        return self.get(f"/api/files/{quote(collection)}/{record}/{name}", **query)[0] == 200

    def hears(self, topic: str, event: Callable[[], object]) -> bool:
        """Return whether a subscription to the topic is told of what `event` does."""
        return self.world.hears(self.token, topic, event)

    def signs_in(self) -> bool:
        """Return whether the account may sign in with its password."""
        body = {"identity": self.world.value(self.collection, self, "email"), "password": PASSWORD}
        path = f"/api/collections/{quote(self.collection)}/auth-with-password"
        return self.world.send("POST", path, body, "")[0] == 200


class World:
    """A server and what an attack has put on it."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.netloc = urlsplit(server.url).netloc
        self.guest = self._person("", "", "")

    def add(self, collection: str, **fields: Any) -> str:
        """Create a record as the superuser and return its id; bytes are uploaded as a file."""
        path = f"/api/collections/{quote(collection)}/records"
        status, made = self.send("POST", path, fields, self.server.token())
        assert status == 200, (collection, fields, made)
        return str(made["id"])

    def user(self, collection: str, **fields: Any) -> Person:
        """Create an account, verified unless said otherwise, and return who has it."""
        account = self.add(collection, **{**self.credentials(), "verified": True, **fields})
        path = f"/api/collections/{quote(collection)}/impersonate/{account}"
        status, made = self.send("POST", path, {"duration": 600}, self.server.token())
        assert status == 200, made
        return self._person(account, collection, str(made["token"]))

    def change(self, collection: str, record: str, **fields: Any) -> None:
        """Change a record as the superuser."""
        path = f"/api/collections/{quote(collection)}/records/{record}"
        status, made = self.send("PATCH", path, fields, self.server.token())
        assert status == 200, made

    def value(self, collection: str, record: str, field: str) -> Any:
        """Return what is stored in a field, None if there is no such record."""
        path = f"/api/collections/{quote(collection)}/records/{record}"
        return (self.send("GET", path, None, self.server.token())[1] or {}).get(field)

    def credentials(self) -> dict[str, str]:
        """Return an e-mail address that nobody has, and a password."""
        return {"email": f"p{next(_NUMBERS)}@example.com", "password": PASSWORD, "passwordConfirm": PASSWORD}

    def send(
        self, method: str, path: str, body: Any, token: str, headers: dict[str, str] | None = None
    ) -> tuple[int, Any]:
        """Send one request and return the status and the answer, JSON or text."""
        sent = {**(headers or {}), **({"Authorization": token} if token else {})}
        payload = None
        if body is not None:
            payload, sent["Content-Type"] = _payload(body)
        connection = http.client.HTTPConnection(self.netloc, timeout=20)
        try:
            connection.request(method, path, payload, sent)
            answer = connection.getresponse()
            raw = answer.read()
        finally:
            connection.close()
        try:
            return answer.status, json.loads(raw) if raw else None
        except ValueError:
            return answer.status, raw

    def hears(self, token: str, topic: str, event: Callable[[], object], seconds: float = 1.5) -> bool:
        """Return whether a client with this token is sent an event of the topic within some time."""
        connection = http.client.HTTPConnection(self.netloc, timeout=20)
        connection.request("GET", "/api/realtime")
        stream = connection.getresponse()
        lines: list[str] = []
        client = ""
        while not client:
            line = stream.readline().decode()
            client = line[3:].strip() if line.startswith("id:") else ""
        body = {"clientId": client, "subscriptions": [topic]}
        assert self.send("POST", "/api/realtime", body, token)[0] == 204
        heard = threading.Event()

        def listen() -> None:
            try:
                while line := stream.readline().decode():
                    lines.append(line)
                    if line.startswith("event:") and topic in line:
                        heard.set()
            except (OSError, ValueError, AttributeError, http.client.HTTPException):
                return

        threading.Thread(target=listen, daemon=True).start()
        event()
        found = heard.wait(seconds)
        if connection.sock:
            connection.sock.close()
        return found

    def _person(self, account: str, collection: str, token: str) -> Person:
        person = Person(account)
        person.world, person.collection, person.token = self, collection, token
        return person


def _encoded(query: dict[str, str]) -> str:
    return f"?{urllib.parse.urlencode(query)}" if query else ""


def _payload(body: dict[str, Any]) -> tuple[bytes, str]:
    """Return a body as JSON, or as a form if a value is bytes."""
    if not any(isinstance(value, bytes) for value in body.values()):
        return json.dumps(body).encode(), "application/json"
    boundary = uuid.uuid4().hex
    parts = []
    for name, value in body.items():
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"'
        if isinstance(value, bytes):
            parts.append(f'{head}; filename="file.txt"\r\nContent-Type: text/plain\r\n\r\n'.encode() + value + b"\r\n")
        else:
            text = value if isinstance(value, str) else json.dumps(value)
            parts.append(f"{head}\r\n\r\n{text}\r\n".encode())
    return b"".join([*parts, f"--{boundary}--\r\n".encode()]), f"multipart/form-data; boundary={boundary}"
