"""A field called by a new name wherever the schema says the old one: rules, indexes, views, sign-in options, mails."""

from __future__ import annotations

from typing import Any, NamedTuple, cast

from _pb.languages.indexes import with_renamed_column as in_an_index
from _pb.languages.rules import RuleError
from _pb.languages.view_columns import with_renamed_column as in_a_view
from _pb.schema.export import RULES
from _pb.schema.lookup import Schema
from _pb.schema.mentions import mentions, with_renamed_field
from pb_common.schema_types import Collection, Field

# Options of an auth collection with the text of a mail, which names fields as {RECORD:field}.
_MAILS = ("verificationTemplate", "resetPasswordTemplate", "confirmEmailChangeTemplate", "authAlert", "otp")

Collections = list[Collection]


class Renaming(NamedTuple):
    """A field of a live collection that gets a new name; `live` are all collections, `owner` is one of them."""

    live: Collections
    owner: Collection
    old: str
    new: str

    def changes(self) -> list[tuple[Collection, Collection]]:
        """Return each collection that says the old name with the properties that say the new one, the owner first."""
        schema = Schema(self.live)
        columns = {item["name"].lower(): {field["name"].lower() for field in item["fields"]} for item in self.live}
        others = [item for item in self.live if item is not self.owner]
        found = [(item, self._of_one(item, schema, columns)) for item in (self.owner, *others)]
        return [(item, changes) for item, changes in found if changes]

    def ambiguous(self) -> list[str]:
        """Return the rules in which `@request.auth` means the field of the owner and that of another collection."""
        schema = Schema(self.live)
        places = []
        for item in self.live:
            for key, rule in rules_of(item).items():
                named: dict[int, set[str]] = {}
                for mention in _mentions(rule, item, schema):
                    if mention.field == self.old and not mention.collection.get("system"):
                        named.setdefault(mention.start, set()).add(mention.collection["name"])
                if any(self.owner["name"] in names and len(names) > 1 for names in named.values()):
                    places.append(f"{item['name']}.{key}")
        return places

    def _of_one(self, item: Collection, schema: Schema, columns: dict[str, set[str]]) -> Collection:
        changes = self._of_the_owner() if item is self.owner else Collection()
        for key, rule in rules_of(item).items():
            renamed = self._in_a_rule(rule, item, schema)
            if renamed != rule and key == "mfa.rule":
                changes["mfa"] = {"rule": renamed}
            elif renamed != rule:
                changes.update(cast("Collection", {key: renamed}))
        if item["type"] == "view":
            query = in_a_view(item["viewQuery"], self.owner["name"], self.old, self.new, columns)
            changes.update({"viewQuery": query} if query != item["viewQuery"] else {})
        return changes

    def _in_a_rule(self, rule: str, item: Collection, schema: Schema) -> str:
        try:
            return with_renamed_field(rule, item, schema, self.owner, self.old, self.new)
        except RuleError:  # it cannot be read, by the server neither
            return rule

    def _of_the_owner(self) -> Collection:
        fields: list[Field] = [{**field, "name": self._renamed(field["name"])} for field in self.owner["fields"]]
        changes: Collection = {"fields": fields}
        indexes = [in_an_index(statement, self.old, self.new) for statement in self.owner["indexes"]]
        if indexes != self.owner["indexes"]:
            changes["indexes"] = indexes
        mapped = (self.owner.get("oauth2") or {}).get("mappedFields") or {}
        if self.old in mapped.values():
            changes["oauth2"] = {"mappedFields": {key: self._renamed(name) for key, name in mapped.items()}}
        identity = (self.owner.get("passwordAuth") or {}).get("identityFields") or []
        if self.old in identity:
            changes["passwordAuth"] = {"identityFields": list(map(self._renamed, identity))}
        for key in _MAILS:
            mail = self._in_mails(cast("dict[str, Any]", self.owner.get(key) or {}))
            changes.update(cast("Collection", {key: mail} if mail else {}))
        return changes

    def _in_mails(self, option: dict[str, Any]) -> dict[str, Any]:
        """Return what changes in an option with texts of mails, nested as it is."""
        changes: dict[str, Any] = {}
        for key, value in option.items():
            if isinstance(value, dict):
                changes.update({key: inner} if (inner := self._in_mails(value)) else {})
            elif isinstance(value, str) and f"{{RECORD:{self.old}}}" in value:
                changes[key] = value.replace(f"{{RECORD:{self.old}}}", f"{{RECORD:{self.new}}}")
        return changes

    def _renamed(self, name: str) -> str:
        return self.new if name == self.old else name


def rules_of(collection: Collection) -> dict[str, str]:
    """Return the rules of a collection that say something, and the one of its second factor as `mfa.rule`."""
    found: dict[str, str | None] = {key: collection.get(key) for key in RULES}
    found["mfa.rule"] = (collection.get("mfa") or {}).get("rule")
    return {key: rule for key, rule in found.items() if rule}


def _mentions(rule: str, item: Collection, schema: Schema) -> list[Any]:
    try:
        return list(mentions(rule, item, schema))
    except RuleError:
        return []
