"""The shape of collections and fields as the API of PocketBase v0.23+ gives and takes them."""

from __future__ import annotations

from typing import Any, Optional, TypedDict


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
    exceptDomains: Optional[list[str]]
    onlyDomains: Optional[list[str]]
    # select, relation, file, json, editor
    values: list[str]
    minSelect: int
    maxSelect: int
    collectionId: str
    cascadeDelete: bool
    maxSize: int
    mimeTypes: Optional[list[str]]
    thumbs: Optional[list[str]]
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
    listRule: Optional[str]
    viewRule: Optional[str]
    createRule: Optional[str]
    updateRule: Optional[str]
    deleteRule: Optional[str]
    viewQuery: str
    authRule: Optional[str]
    manageRule: Optional[str]
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
