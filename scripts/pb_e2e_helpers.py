"""What a project's own access tests import: actors who send requests, and checks that know how PocketBase denies.

    with Session() as pb:
        checks = Checks()
        alice = pb.user("alice")
        note = alice.create("notes", {"text": "mine", "owner": alice.id})
        checks.allowed("alice creates a note", note)
        checks.hidden("a guest sees no notes", pb.guest.list("notes"))
    sys.exit(checks.summary())

Run such a file with PYTHONPATH set to this folder. What the actors create is deleted when the session ends.
"""

from __future__ import annotations

import json
import secrets
import sys
from types import TracebackType
from typing import Any

from pb_common import Answer, Client, Settings, segment, with_query


class Actor:
    """Somebody who sends requests: a guest, a user or the superuser.

    Each method returns the server's Answer (`status`, `data`) whatever it is, so that a test can judge it.
    `id` and `record` are the actor's own auth record, empty for the guest.
    """

    def __init__(self, session: Session, name: str, token: str = "", record: dict[str, Any] | None = None) -> None:
        self.name = name
        self.token = token
        self.record = record or {}
        self.id = str(self.record.get("id", ""))
        self._session = session

    def request(self, method: str, path: str, data: Any = None) -> Answer:
        """Send any request, for example to a custom route; `path` begins with a slash."""
        return self._session.client.exchange(method, path, data, self.token)

    def list(self, collection: str, **query: Any) -> Answer:
        """List records; `query` may hold filter, sort, expand, fields, page and perPage."""
        return self.request("GET", with_query(_records(collection), **query))

    def get(self, collection: str, record: str, **query: Any) -> Answer:
        """Get one record by its id; `query` may hold expand and fields."""
        return self.request("GET", with_query(_records(collection, record), **query))

    def create(self, collection: str, data: dict[str, Any]) -> Answer:
        """Create a record; the session deletes it at its end."""
        answer = self.request("POST", _records(collection), data)
        if answer.status == 200:
            self._session.delete_later(collection, answer.data["id"])
        return answer

    def update(self, collection: str, record: str, data: dict[str, Any]) -> Answer:
        """Change fields of a record."""
        return self.request("PATCH", _records(collection, record), data)

    def delete(self, collection: str, record: str) -> Answer:
        """Delete a record."""
        return self.request("DELETE", _records(collection, record))


class Session:
    """A test's connection to the server of PB_URL, with its actors; use it as a context manager.

    Raises PBError when the server cannot be reached or the superuser cannot log in.
    """

    def __init__(self, settings: Settings | None = None) -> None:
        self.client = Client(settings)
        self.guest = Actor(self, "guest")
        self._created: list[tuple[str, str]] = []

    def __enter__(self) -> Session:
        self.client.superuser_token()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.clean_up()
        self.client.close()

    @property
    def superuser(self) -> Actor:
        """The configured superuser, whom no API rule stops."""
        return Actor(self, "superuser", self.client.superuser_token())

    def user(self, name: str, collection: str = "users", /, **fields: Any) -> Actor:
        """Create a record of an auth collection and return it as an actor; the session deletes it at its end.

        `fields` go into the record beside a generated e-mail address and password. The token comes from
        POST /api/collections/{collection}/impersonate/{id}, so that no rate limit of the login is touched.
        """
        password = secrets.token_urlsafe(12)
        data = {
            "email": f"{name}-{secrets.token_hex(4)}@example.com",
            "password": password,
            "passwordConfirm": password,
            "verified": True,
            **fields,
        }
        record = self.client.call("POST", _records(collection), data)
        self.delete_later(collection, record["id"])
        path = f"/api/collections/{segment(collection)}/impersonate/{record['id']}"
        token = self.client.call("POST", path, {"duration": 3600})["token"]
        return Actor(self, name, token, record)

    def delete_later(self, collection: str, record: str) -> None:
        """Have a record deleted when the session ends."""
        self._created.append((collection, record))

    def clean_up(self) -> None:
        """Delete what the session's actors created, the newest first; what is gone already does not matter."""
        while self._created:
            self.client.exchange_as_superuser("DELETE", _records(*self._created.pop()))


class Checks:
    """The results of a test run; each check prints a line to stderr as it is made."""

    def __init__(self) -> None:
        self.results: list[dict[str, Any]] = []

    def expect(self, title: str, passed: bool, answer: Answer | None = None) -> bool:
        """Record whether what `title` claims is so; `answer` is shown when it is not."""
        result: dict[str, Any] = {"check": title, "passed": passed}
        if not passed and answer is not None:
            result["answer"] = {"status": answer.status, "data": answer.data}
        self.results.append(result)
        shown = f" - got {json.dumps(result['answer'], ensure_ascii=False)}" if "answer" in result else ""
        print(f"{'ok  ' if passed else 'FAIL'} {title}{shown}", file=sys.stderr)
        return passed

    def allowed(self, title: str, answer: Answer) -> bool:
        """Expect a success; a list must have items, because an empty one is how PocketBase denies it."""
        empty = isinstance(answer.data, dict) and answer.data.get("items") == []
        return self.expect(title, answer.status < 300 and not empty, answer)

    def hidden(self, title: str, answer: Answer) -> bool:
        """Expect that a list or a record shows nothing: 403 (rule is null), 404, or 200 without items."""
        empty = answer.status == 200 and isinstance(answer.data, dict) and answer.data.get("items") == []
        return self.expect(title, empty or answer.status in (401, 403, 404), answer)

    def denied(self, title: str, answer: Answer) -> bool:
        """Expect that a rule denies a write: 401, 403, 404, or 400 without errors of single fields.

        A 400 that names fields is a validation error: the request was let through to the validation.
        """
        errors = answer.data.get("data") if isinstance(answer.data, dict) else None
        by_rule = answer.status == 400 and not errors
        return self.expect(title, by_rule or answer.status in (401, 403, 404), answer)

    @property
    def failed(self) -> int:
        """How many checks did not pass."""
        return sum(not result["passed"] for result in self.results)

    def summary(self) -> int:
        """Print the totals to stderr and return the exit code: 0 if all passed, else 1."""
        print(f"{len(self.results) - self.failed} passed, {self.failed} failed", file=sys.stderr)
        return 1 if self.failed or not self.results else 0


def _records(collection: str, record: str | None = None) -> str:
    path = f"/api/collections/{segment(collection, 'collection name')}/records"
    return path if record is None else f"{path}/{segment(record, 'record id')}"
