"""A test's connection to a server, with its actors: a throwaway server, or the one of PB_URL, cleaned up after."""

from __future__ import annotations

import os
import secrets
import sys
import threading
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from _pb.schema.fields import is_multiple
from _pb.schema.lookup import Schema
from _pb.testing.actors import Actor
from pb_common import Answer, Client, PBError, PBRequestError, PBUsageError, Settings, load_settings
from pb_common.collections import get_collections
from pb_common.paths import collection_path, records_path
from pb_common.processes import terminated_as_interrupted
from pb_common.schema_types import Collection
from pb_common.settings import effective_values, timeout_of

if TYPE_CHECKING:
    from _pb.samples.maker import SampleMaker
    from _pb.server.throwaway import Throwaway
    from _pb.server.throwaway_content import SchemaSource, Seed
    from _pb.testing.scenes import Request, Rows, Scenes


# How many records that are left behind are named.
_MAX_TOLD = 5


class Session:
    """A test's connection to a server, with its actors; use it as a context manager.

    Without `server` that is the server of PB_URL (or of `settings`), and what the actors create is deleted at the end,
    be it that of Ctrl-C or of SIGTERM; a throwaway server is started, and is gone at the end.
    Raises PBError when the server cannot be reached or started, or the superuser cannot log in.
    """

    def __init__(self, settings: Settings | None = None, *, server: Throwaway | None = None) -> None:
        self.server = server
        self.client: Client = Client(settings)
        self.guest = Actor(self, "guest")
        self._created: list[tuple[str, str]] = []
        self._ending = ExitStack()
        self._maker: SampleMaker | None = None
        self._collections: list[Collection] | None = None
        self._making = threading.RLock()

    def __enter__(self) -> Session:
        if self.server:
            self.client = _shared(self.server.__enter__().client)
            _hash_quickly(self.client)
        elif threading.current_thread() is threading.main_thread():  # no other may answer signals
            self._ending.enter_context(terminated_as_interrupted())
        self.client.superuser_token()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.server:
            self.client.close()
            self.server.stop()
        else:
            with self._ending:
                self.clean_up()
            self.client.close()

    @property
    def superuser(self) -> Actor:
        """The configured superuser, whom no API rule stops."""
        return Actor(self, "superuser", self.client.superuser_token())

    def user(self, name: str, collection: str = "users", /, **fields: Any) -> Actor:
        """Create a record of an auth collection and return it as an actor; the session deletes it at its end.

        `fields` go into the record beside a generated e-mail address, a password and what is required. The token comes
        from POST /api/collections/{collection}/impersonate/{id}, so that no rate limit of the login is touched.
        """
        if self.collection(collection)["type"] != "auth":
            raise PBUsageError(f"{collection} is no auth collection, so nobody signs in as one of its records.")
        password = secrets.token_urlsafe(12)
        login = {"password": password, "passwordConfirm": password, "verified": True}
        login["email"] = f"{name}-{secrets.token_hex(4)}@example.com"
        made = self.body(collection, **{**login, **fields})
        required = {field["name"] for field in self.collection(collection)["fields"] if field.get("required")}
        data = {key: value for key, value in made.items() if key in required or key in login or key in fields}
        created = self.superuser.create(collection, data)
        if created.status != 200:
            raise PBRequestError(created.status, created.data, method="POST", path=created.sent.path)
        path = f"{collection_path(collection)}/impersonate/{created.id}"
        answer = self.client.call("POST", path, {"duration": 3600})
        return Actor(self, name, answer["token"], created.data)

    def make(self, collection: str, /, **given: Any) -> dict[str, Any]:
        """Save a valid record as the superuser and return it: `given` counts, everything else is made up.

        What it requires is saved before. Raises Unsatisfiable with the reason if no valid record can be made.
        """
        with self._making:
            try:
                return self.maker.make(collection, **given)
            finally:
                self._take_over()

    def body(self, collection: str, /, **given: Any) -> dict[str, Any]:
        """Return the body of a valid record, not saved yet, for an actor to send; otherwise as `make`."""
        with self._making:
            try:
                return self.maker.body(collection, **given)
            finally:
                self._take_over()

    def scenes(self, collection: str, /, *actions: str) -> Scenes:
        """Return the assertions of a scaffolded test: who may do these actions, and who may not."""
        from _pb.testing.scenes import scenes

        return scenes(self.client, collection, *actions)

    def mended(self, message: str, rows: Rows, /, *requests: Request) -> None:
        """Assert that a leak is gone: at least one of the requests that show it is refused."""
        from _pb.testing.scenes import assert_mended

        assert_mended(self.client, message, rows, *requests)

    def answers(self, who: str, rows: Rows, request: Request, status: int, /) -> None:
        """Assert the status of the answer to somebody's request (who, method, path, body) in a scene."""
        from _pb.testing.scenes import answers_to

        seen = answers_to(self.client, rows, request)[0]
        assert seen.status == status, f"{seen.method} {seen.path} as {who}: {seen.status} {str(seen.answer)[:200]}"

    def goes_with(self, collection: str, relation: str, /) -> None:
        """Assert that a record is deleted with the one to which its relation leads."""
        from _pb.testing.assertions import assert_cascades

        field = next(one for one in self.collection(collection)["fields"] if one["name"] == relation)
        target = self.collection(str(field["collectionId"]))["name"]
        parent = self.make(target)
        child = self.make(collection, **{relation: [parent["id"]] if is_multiple(field) else parent["id"]})
        self.maker.forget()
        assert_cascades(self.superuser, (target, parent["id"]), [(collection, child["id"])])

    @property
    def maker(self) -> SampleMaker:
        """What makes valid records; it knows the collections as they are when it is first needed."""
        if self._maker is None:
            from _pb.samples.maker import SampleMaker

            self._maker = SampleMaker(self.client, self._schema)
        return self._maker

    def collection(self, name: str) -> Collection:
        """Return a collection, with its fields and rules, by name or id."""
        return self.maker.collection(name)

    def collections(self) -> list[Collection]:
        """Return the collections that are not the system's."""
        return [item for item in self._schema if not item["system"]]

    def auth_collections(self) -> list[str]:
        """Return the names of the auth collections in which users can be made."""
        return [item["name"] for item in self.collections() if item["type"] == "auth"]

    @property
    def schema(self) -> Schema:
        """The server's collections, those of the system too, as they were first read."""
        return Schema(self._schema)

    def delete_later(self, collection: str, record: str) -> None:
        """Have a record deleted when the session ends."""
        self._created.append((collection, record))

    def refresh(self) -> None:
        """Read the collections anew when they are next needed."""
        self._collections = self._maker = None

    def clean_up(self) -> None:
        """Delete what the session created, the newest first; what is gone already does not matter.

        What cannot be deleted, or not while the server is away, is told in one line.
        """
        self._maker = None  # it knows records that are about to go
        waiting, self._created = self._created[::-1], []
        while waiting:
            # A record may have to wait for those that require it.
            try:
                answers = [(created, self._delete(created)) for created in waiting]
            except PBError as error:
                self._tell_left_behind(waiting, str(error))
                return
            refused = [(created, answer) for created, answer in answers if answer.status not in (204, 404)]
            if len(refused) == len(waiting):
                self._tell_left_behind(waiting, str(refused[0][1].data))
                return
            waiting = [created for created, _ in refused]

    def _tell_left_behind(self, records: list[tuple[str, str]], reason: str) -> None:
        shown = ", ".join("/".join(record) for record in records[:_MAX_TOLD])
        more = f" and {len(records) - _MAX_TOLD} more" if len(records) > _MAX_TOLD else ""
        print(f"Left behind on {self.client.settings.url}: {shown}{more} ({reason})", file=sys.stderr)

    def _delete(self, created: tuple[str, str]) -> Answer:
        return self.client.exchange_as_superuser("DELETE", records_path(*created))

    @property
    def _schema(self) -> list[Collection]:
        if self._collections is None:
            self._collections = get_collections(self.client)
        return self._collections

    def _take_over(self) -> None:
        self._created += self.maker.created
        self.maker.created.clear()


def _shared(client: Client) -> Client:
    """Return a client of a throwaway server for several threads, with the time-out that PB_TIMEOUT sets."""
    timeout = timeout_of(effective_values()[1])
    return Client(client.settings._replace(timeout=timeout, token=client.superuser_token()))


def _hash_quickly(client: Client) -> None:
    """Let the passwords of a throwaway server cost little time; no rule depends on that."""
    for collection in get_collections(client):
        for field in collection["fields"]:
            if field["type"] == "password" and collection["type"] == "auth" and not collection["system"]:
                field["cost"] = 4
                client.call("PATCH", collection_path(collection["id"]), {"fields": collection["fields"]})


def open_session(
    project: str | Path | None = None,
    *,
    schema: SchemaSource | None = None,
    seed: Seed | None = None,
    live_schema: bool = False,
    version: str | None = None,
) -> Session:
    """Return the session that a project's tests run in.

    Where the environment sets PB_URL, that is the server of PB_URL, cleaned up after. Else it is a throwaway server
    with the files of the folder `project`, the schema of the live server in the project's .env if `live_schema` is set,
    a `schema` and a `seed` (files or their content), of the release `version`.
    """
    if os.environ.get("PB_URL"):
        return Session()
    from _pb.migrations.folder import scripts_of
    from _pb.server.throwaway import Throwaway

    folder = Path.cwd() if project is None else Path(project)
    live = Client(load_settings(folder=folder)) if live_schema else None
    scripts = scripts_of(folder)
    return Session(server=Throwaway(folder, copy_of=live, schema=schema, seed=seed, version=version, folders=scripts))
