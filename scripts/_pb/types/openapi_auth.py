"""The description of an auth collection's sign-in, as far as its options allow it."""

from __future__ import annotations

from typing import Any

from _pb.types.jsonschema import Schema
from _pb.types.model import Shape
from _pb.types.openapi_parts import answer, operation, parameter, reference, refused, sent

_TEXT: Schema = {"type": "string"}
_EMAIL: Schema = {"type": "string", "format": "email"}
_MFA = "With MFA the first of two ways is answered by 401 and an `mfaId`, which the second sends."
_SILENT = "Answers the same, whether there is such an account or not."
_METHODS: Schema = {
    "type": "object",
    "properties": {
        "password": {
            "type": "object",
            "properties": {"enabled": {"type": "boolean"}, "identityFields": {"type": "array", "items": _TEXT}},
        },
        "oauth2": {
            "type": "object",
            "properties": {
                "enabled": {"type": "boolean"},
                "providers": {"type": "array", "items": {"type": "object", "additionalProperties": True}},
            },
        },
        "mfa": {"type": "object", "properties": {"enabled": {"type": "boolean"}, "duration": {"type": "integer"}}},
        "otp": {"type": "object", "properties": {"enabled": {"type": "boolean"}, "duration": {"type": "integer"}}},
    },
}


def auth_paths(shape: Shape) -> dict[str, Schema]:
    """Return the paths by which records of an auth collection sign in, and care for their accounts."""
    made = _Paths(shape)
    signed_in = answer(200, "The token and the account.", reference(f"{shape.name}Auth"))
    made.get("auth-methods", "Methods", "The ways to sign in", answer(200, "Which there are.", _METHODS))
    if _is_enabled(shape, "passwordAuth", by_default=True):
        body = {"identity": _TEXT, "password": _TEXT, "mfaId": _TEXT}
        made.post("auth-with-password", "WithPassword", f"Sign in with a password. {_MFA}", body, 2, signed_in)
    if _is_enabled(shape, "otp"):
        code = {"type": "object", "properties": {"otpId": _TEXT}, "required": ["otpId"]}
        made.post(
            "request-otp",
            "RequestOtp",
            f"Send a code by mail. {_SILENT}",
            {"email": _EMAIL},
            1,
            answer(200, "What the code is sent with.", code),
        )
        body = {"otpId": _TEXT, "password": _TEXT, "mfaId": _TEXT}
        made.post("auth-with-otp", "WithOtp", f"Sign in with a code. {_MFA}", body, 2, signed_in)
    if _is_enabled(shape, "oauth2"):
        body = {"provider": _TEXT, "code": _TEXT, "codeVerifier": _TEXT, "redirectURL": _TEXT}
        created = {"createData": {"type": "object", "additionalProperties": True}}
        made.post(
            "auth-with-oauth2",
            "WithOauth2",
            f"Sign in with what a provider sent. {_MFA}",
            {**body, **created},
            4,
            signed_in,
        )
    made.post("auth-refresh", "Refresh", "A new token, and the account as it is now", {}, 0, signed_in, needed=True)
    _add_mails(made)
    made.post(
        "impersonate/{id}",
        "Impersonate",
        "Sign in as somebody, for superusers",
        {"duration": {"type": "integer"}},
        0,
        signed_in,
        needed=True,
        parameters=[parameter("id", "path", "The id of the account.")],
    )
    return made.paths


def _add_mails(made: _Paths) -> None:
    done = answer(204, "Done.")
    made.post(
        "request-verification",
        "RequestVerification",
        f"Send the mail that verifies an address. {_SILENT}",
        {"email": _EMAIL},
        1,
        done,
    )
    made.post("confirm-verification", "ConfirmVerification", "Verify an address", {"token": _TEXT}, 1, done)
    made.post(
        "request-password-reset",
        "RequestPasswordReset",
        f"Send the mail for a new password. {_SILENT}",
        {"email": _EMAIL},
        1,
        done,
    )
    body = {"token": _TEXT, "password": _TEXT, "passwordConfirm": _TEXT}
    made.post("confirm-password-reset", "ConfirmPasswordReset", "Set a new password", body, 3, done)
    made.post(
        "request-email-change",
        "RequestEmailChange",
        "Send the mail that confirms a new address",
        {"newEmail": _EMAIL},
        1,
        done,
        needed=True,
    )
    body = {"token": _TEXT, "password": _TEXT}
    made.post("confirm-email-change", "ConfirmEmailChange", "Take the new address", body, 2, done)


def _is_enabled(shape: Shape, option: str, *, by_default: bool = False) -> bool:
    options: Any = shape.collection.get(option)
    return bool(options.get("enabled", by_default)) if isinstance(options, dict) else by_default


class _Paths:
    """The paths of one auth collection, as they are added."""

    def __init__(self, shape: Shape) -> None:
        self.paths: dict[str, Schema] = {}
        self._shape = shape

    def get(self, path: str, id: str, summary: str, answers: Schema) -> None:
        self._add("get", path, {**self._operation(id, summary, needed=False), "responses": answers})

    def post(
        self, path: str, id: str, text: str, body: dict[str, Schema], required: int, answers: Schema, **more: Any
    ) -> None:
        """Add a POST; the first `required` keys of its body must be there."""
        errors = refused("400", "401", "403") if more.get("needed") or "mfaId" in body else refused("400", "403")
        described = self._operation(id, text, needed=bool(more.pop("needed", False)))
        sends = sent(body, list(body)[:required]) if body else {}
        if sends and not required:
            sends["requestBody"].pop("required")
        self._add("post", path, {**described, **more, **sends, "responses": {**answers, **errors}})

    def _operation(self, id: str, text: str, *, needed: bool) -> Schema:
        summary, _, rest = text.partition(". ")
        name = self._shape.collection["name"]
        return operation(f"auth{self._shape.name}{id}", summary, rest or summary, tag=name, guests=True, needed=needed)

    def _add(self, method: str, path: str, described: Schema) -> None:
        self.paths[f"/api/collections/{self._shape.collection['name']}/{path}"] = {method: described}
