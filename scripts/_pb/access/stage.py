"""A throwaway server on which scenes are played: records are stored, the request is sent, the answer is kept."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any, NamedTuple

from _pb.access.cast import METHODS
from _pb.access.rows import Row
from _pb.access.scene import Scene
from _pb.access.session_tokens import session_token
from _pb.access.store import AT_ONCE, Store, Unplayable
from _pb.samples.maker import SampleFile, reason_of, send
from _pb.samples.values import Unsatisfiable, field_value
from pb_common import Answer, segment, with_query
from pb_common.paths import collection_path, records_path
from pb_common.schema_types import Collection

_NEW_PASSWORD = "Another-password-1"


class Seen(NamedTuple):
    """A request and the answer to it; `allowed` is what it comes to."""

    allowed: bool
    method: str
    path: str
    body: dict[str, Any] | None
    who: str
    status: int
    answer: Any

    def as_data(self) -> dict[str, Any]:
        """Return request and answer as a finding shows them."""
        request: dict[str, Any] = {"as": self.who, "method": self.method, "path": self.path}
        if self.body is not None:
            request["body"] = {key: _shown(value) for key, value in self.body.items()}
        return {"request": request, "status": self.status, "answer": _short(self.answer)}


class Stage(Store):
    """A throwaway server on which the requests of scenes are sent."""

    def token_of(self, row: Row | None) -> str:
        """Return a session token of an account, "" for a guest."""
        if row is None:
            return ""
        row = row.find()
        if id(row) not in self._tokens and row.token_key:
            key = row.token_key + self.secrets[row.collection["name"]]
            self._tokens[id(row)] = session_token(row.id, str(row.collection["id"]), key)
        if id(row) not in self._tokens:
            path = f"{collection_path(row.collection['name'])}/impersonate/{segment(row.id)}"
            answer = self.client.exchange("POST", path, {"duration": 3600}, token=self.token)
            if answer.status != 200:
                raise Unplayable(f"nobody can sign in as this account of {row.collection['name']}")
            self._tokens[id(row)] = str(answer.data["token"])
        return self._tokens[id(row)]

    def ask(self, scene: Scene) -> Seen:
        """Send the request of a stored scene and return what came; raise Unplayable if it says nothing of the rule."""
        return _ACTIONS[scene.action](self, scene)

    def send(
        self, actor: Row | None, method: str, path: str, body: dict[str, Any] | None = None, headers: Any = None
    ) -> Answer:
        """Send a request as an account and return the answer."""
        token = self.token_of(actor)
        if headers:
            return self._with_headers(method, path, body, token, headers)
        if body is not None:
            return send(self.client, method, path, body, token)
        return self.client.exchange(method, path, token=token)

    def _with_headers(self, method: str, path: str, body: Any, token: str, headers: dict[str, Any]) -> Answer:
        from pb_common.answers import encoded, read_answer

        known = {key.replace("_", "-"): str(self.sendable(value)) for key, value in headers.items()}
        if token:
            known["Authorization"] = token
        if body is not None:
            known["Content-Type"] = "application/json"
        content = None if body is None else encoded(body)
        answer = self.client.transport.send(method, path, content, known)
        return read_answer(self.client.settings.url, path, answer)

    def seen(
        self,
        scene: Scene,
        method: str,
        path: str,
        body: dict[str, Any] | None,
        allowed: Callable[[Answer], bool],
        actor: Row | None = None,
    ) -> Seen:
        """Send a request in a scene and return it with what came."""
        actor = actor or scene.actor
        query = {key: self.sendable(value) for key, value in scene.query.items()}
        full = with_query(path, **query) if query and "?" not in path else path
        if query and "?" in path:
            full = path + with_query("", **query).replace("?", "&", 1)
        answer = self.send(actor, method, full, body, scene.headers)
        return Seen(allowed(answer), method, full, body, who_is(actor), answer.status, answer.data)

    def path(self, scene: Scene) -> str:
        """Return the path of the record that a scene is about."""
        id = min(scene.shown) if scene.computed else scene.record.find().id
        return records_path(scene.collection["name"], id)

    def list(self, scene: Scene) -> Seen:
        """List the records and look for it; a filter that finds nothing would be answered late on purpose."""
        wanted = scene.shown if scene.computed else {scene.record.find().id}
        newest = "-id" if scene.collection["type"] == "view" else "-@rowid"
        path = with_query(records_path(scene.collection["name"]), sort=newest, perPage=AT_ONCE, skipTotal="1")
        return self.seen(
            scene,
            "GET",
            path,
            None,
            lambda answer: answer.status == 200 and not wanted.isdisjoint(map(_id_of, answer.data["items"])),
        )

    def view(self, scene: Scene) -> Seen:
        """View the record."""
        return self.seen(scene, "GET", self.path(scene), None, lambda answer: answer.status == 200)

    def delete(self, scene: Scene) -> Seen:
        """Delete the record."""
        seen = self.seen(scene, "DELETE", self.path(scene), None, lambda answer: answer.status == 204)
        if seen.status == 400:
            raise Unplayable("the record cannot be deleted while others lead to it")
        return seen

    def update(self, scene: Scene) -> Seen:
        """Change the record."""
        return self._written(scene, "PATCH", self.path(scene), self.sent(scene))

    def manage(self, scene: Scene) -> Seen:
        """Set the password of an account without its old one."""
        body = {**self.sent(scene), "password": _NEW_PASSWORD, "passwordConfirm": _NEW_PASSWORD}
        return self.seen(scene, "PATCH", self.path(scene), body, lambda answer: answer.status == 200)

    def sent(self, scene: Scene) -> dict[str, Any]:
        """Return the fields that the request of a scene sends."""
        return {key: self.sendable(value) for key, value in scene.sent.values.items()}

    def body_of(self, row: Row, withheld: set[str]) -> dict[str, Any]:
        """Return the body of a create for a row that is not stored."""
        body = {key: self.sendable(value) for key, value in row.values.items()}
        full = {**self.neutral(row.collection), **body}
        if row.collection["type"] == "auth" and "verified" not in body:
            full.pop("verified", None)  # nobody but a superuser sends it
        return {key: value for key, value in full.items() if key not in withheld}

    def create(self, scene: Scene) -> Seen:
        """Create the record."""
        row = scene.record.find()
        return self._written(scene, "POST", records_path(row.collection["name"]), self.body_of(row, scene.withheld))

    def _written(self, scene: Scene, method: str, path: str, body: dict[str, Any]) -> Seen:
        seen = self.seen(scene, method, path, body, lambda answer: answer.status == 200)
        errors = seen.answer.get("data") if seen.status == 400 and isinstance(seen.answer, dict) else None
        if errors:
            raise Unplayable(f"the server refused the values: {reason_of(Answer(400, seen.answer))}")
        return seen

    def sample_file(self, collection: Collection, name: str) -> Any:
        """Return a file that a field takes."""
        field = self.schema.fields(collection)[name]
        try:
            return field_value(field, next(self._numbers), random.Random(name))
        except Unsatisfiable as problem:
            raise Unplayable(str(problem)) from None

    def stored_value(self, row: Row, name: str) -> str:
        """Return what the server stored in a field of a row; of several the first."""
        answer = self.client.exchange("GET", records_path(row.collection["name"], row.find().id), token=self.token)
        value = answer.data.get(name) if isinstance(answer.data, dict) else ""
        return str(value[0] if isinstance(value, list) and value else value)

    def open_file(self, scene: Scene, name: str) -> Seen:
        """Ask for the first file in a field of the record by its address, without a token."""
        id = scene.record.find().id
        stored = self.stored_value(scene.record, name)
        path = f"/api/files/{segment(scene.collection['name'])}/{segment(id)}/{segment(stored)}"
        response = self.client.transport.send("GET", path, None, {})
        return Seen(response.status == 200, "GET", path, None, who_is(scene.actor), response.status, None)

    def sign_in(self, scene: Scene) -> Seen:
        """Sign in to the account with its password."""
        row = scene.record.find()
        found = self.client.exchange("GET", records_path(row.collection["name"], row.id), token=self.token)
        body = {"identity": found.data.get("email"), "password": self.maker.password(row.collection["name"])}
        path = f"{collection_path(row.collection['name'])}/auth-with-password"
        return self.seen(scene, "POST", path, body, lambda answer: answer.status in (200, 401))


_ACTIONS: dict[str, Callable[[Stage, Scene], Seen]] = {
    "list": Stage.list,
    "view": Stage.view,
    "create": Stage.create,
    "update": Stage.update,
    "delete": Stage.delete,
    "manage": Stage.manage,
    "auth": Stage.sign_in,
}
assert set(METHODS) <= set(_ACTIONS)


def who_is(actor: Row | None) -> str:
    """Return who sends a request, in a word."""
    return f"{actor.find().collection['name']}/{actor.find().id}" if actor else "guest"


def _shown(value: Any) -> Any:
    return value.name if isinstance(value, SampleFile) else value


def _id_of(item: dict[str, Any]) -> str:
    return str(item.get("id"))


def _short(answer: Any) -> Any:
    if isinstance(answer, dict) and isinstance(answer.get("items"), list):
        return {"items": answer["items"][:1]}
    return answer
