"""The shape of collections and fields as the API of PocketBase v0.23+ gives and takes them."""

from __future__ import annotations

from typing import Any, Literal, TypedDict

RuleKey = Literal["listRule", "viewRule", "createRule", "updateRule", "deleteRule", "authRule", "manageRule"]


class Field(TypedDict, total=False):
    """A field of a collection; which keys it has beyond the first five depends on its type."""

    id: str
    name: str
    type: str
    system: bool
    hidden: bool
    presentable: bool
    primaryKey: bool
    required: bool
    help: str
    # text, number, date, autodate
    min: Any
    max: Any
    pattern: str
    autogeneratePattern: str
    onlyInt: bool
    onCreate: bool
    onUpdate: bool
    cost: int
    convertURLs: bool
    exceptDomains: list[str] | None
    onlyDomains: list[str] | None
    # select, relation, file, json, editor
    values: list[str]
    minSelect: int
    maxSelect: int
    collectionId: str
    cascadeDelete: bool
    maxSize: int
    mimeTypes: list[str] | None
    thumbs: list[str] | None
    protected: bool


class Collection(TypedDict, total=False):
    """A collection with its fields, rules and indexes; an auth collection has its sign-in options beside them."""

    id: str
    name: str
    type: str
    system: bool
    created: str
    updated: str
    fields: list[Field]
    indexes: list[str]
    listRule: str | None
    viewRule: str | None
    createRule: str | None
    updateRule: str | None
    deleteRule: str | None
    viewQuery: str
    authRule: str | None
    manageRule: str | None
    authAlert: dict[str, Any]
    oauth2: dict[str, Any]
    passwordAuth: dict[str, Any]
    mfa: dict[str, Any]
    otp: dict[str, Any]
    authToken: dict[str, Any]
    passwordResetToken: dict[str, Any]
    emailChangeToken: dict[str, Any]
    verificationToken: dict[str, Any]
    fileToken: dict[str, Any]
    verificationTemplate: dict[str, Any]
    resetPasswordTemplate: dict[str, Any]
    confirmEmailChangeTemplate: dict[str, Any]
