"""A collection as the tests see it: who tries what on it, and each request as a line of code."""

from __future__ import annotations

from typing import Any, NamedTuple

from _pb.access import owning, roles
from _pb.access.readings import all_paths
from _pb.access.variants import demanded
from _pb.languages.indexes import read_indexes
from _pb.schema.fields import is_multiple
from _pb.schema.lookup import rule_of
from _pb.testing.scaffold.lines import Doubt
from _pb.testing.scaffold.situations import (
    Situation,
    code_dict,
    code_keywords,
    keywords,
    literal,
    literals,
    usual_values,
)
from _pb.testing.scaffold.strangers import ALWAYS, NEVER, SOMETIMES, meant_for_strangers
from _pb.testing.session import Session
from _pb.testing.world import main_auth
from pb_common.schema_types import Collection, Field

FIND, LIST, GET, WRITE, CLAIM = "find", "list", "get", "write", "claim"
GUEST, OWNER, STRANGER, OUTSIDER = "a guest", "the owner", "another user", "somebody who is not in it"


class Step(NamedTuple):
    """One request as code. `rule` is the key of the rule that decides, `who` says in words who sends it.

    `hole` says why success would be a leak, `doubt` what to ask about a success that may be meant.
    Of kind CLAIM it is a whole assertion, with another that says less for where the first cannot be made to pass;
    `proves` says that the first shows somebody to pass the rule.
    """

    kind: str
    rule: str
    code: str
    hole: str = ""
    fallback: str = ""
    doubt: Doubt | None = None
    who: str = ""
    proves: bool = False


class Outline(NamedTuple):
    """A test to be: its name, the lines before the first request, and the requests."""

    name: str
    setup: list[str]
    steps: list[Step]


class Who(NamedTuple):
    """Somebody in the tests of a collection: in words, as code, whose records are theirs, the line that makes them."""

    words: str
    code: str
    world: str
    setup: str = ""


class Subject:
    """A collection and who tries what on it. `setup` are the lines that make everybody.

    `honest` is the situation in which its owner can create a record, `changeable` that in which the owner can change it
    if the most private one is not, `memberships` the values of the records that give owner and stranger a role, such as
    {"memberships": {"role": "customer"}}.
    """

    def __init__(self, session: Session, item: Collection, plain: dict[str, Any]) -> None:
        self.session = session
        self.item = item
        self.name = str(item["name"])
        self.is_auth = item["type"] == "auth"
        self.is_view = item["type"] == "view"
        self.auth = main_auth(session, self.name) if session.auth_collections() else ""
        self.values = {} if self.is_auth or self.is_view else usual_values(item)
        self.honest = Situation()
        self.changeable: Situation | None = None
        self.owned = owning.is_owned(item) or self.is_auth
        self.is_list_of_people = roles.is_list_of_people(self.name, *session.collections())
        self.memberships: dict[str, dict[str, Any]] = {}
        self._plain = plain

    def setup(self) -> list[str]:
        """Return the lines that make everybody, for setUp or setUpClass."""
        given = keywords({**self._plain, **self.memberships})
        lines = people(self.auth, given)
        if not self.is_auth and not self.is_view:
            lines.append(f"self.bobs.make({literal(self.name)})")
        return lines

    def possible_memberships(self) -> list[dict[str, dict[str, Any]]]:
        """Return the roles that owner and stranger can have by a record elsewhere, such as their membership."""
        collections = self.session.collections()
        names = [name for name in roles.joined_collections(self.item) if name in {item["name"] for item in collections}]
        names = [name for name in names if name != self.name and not roles.is_list_of_people(name, *collections)]
        if self.is_auth or self.is_view or not self.auth:
            return []
        return [
            {name: {field: value}}
            for name in names
            for field, values in roles.joined_roles(name, collections).items()
            for value in values
        ]

    def everybody(self) -> list[Who]:
        """Return a guest, the owner and another user; only the guest where there are no users."""
        users = [Who(OWNER, "self.alice", "self.alices"), Who(STRANGER, "self.bob", "self.bobs")]
        return [Who(GUEST, "self.pb.guest", "self.alices"), *(users if self.auth else [])]

    def cast(self) -> list[Who]:
        """Return who tries everything: a guest, the owner, a stranger, users of other collections, special roles."""
        cast = self.everybody()
        if not self.auth:
            return cast
        for other in self.session.auth_collections():
            if other != self.auth and not self.is_auth:
                for whose in ("alice", "bob"):
                    words = f"{whose} of {other}"
                    cast.append(Who(words, f"self.{whose}s.account({literal(other)})", f"self.{whose}s"))
        if self.is_list_of_people:
            colleague = f"self.bobs.colleague({literal(self.auth)})"
            cast.append(Who(OUTSIDER, "outsider", "self.bobs", f"outsider = {colleague}"))
        return cast + self.role_holders()

    def role_holders(self) -> list[Who]:
        """Return users with each role that rules ask for: a colleague of the owner, and a stranger."""
        found: list[Who] = []
        if not self.auth:
            return found
        names = {field["name"] for field in self.session.collection(self.auth)["fields"]}
        everywhere = roles.roles(self.session.collections())
        for key in roles.roles([self.item]):
            for value in everywhere.get(key, []) if key in names else ():
                role = f"{key} {value}" if value not in (True, False) else key if value else f"no {key}"
                code = f"colleague({literal(self.auth)}, {key}={literal(value)})"
                found.append(Who(role, "colleague", "self.alices", f"colleague = self.alices.{code}"))
                found.append(Who(f"{role} elsewhere", "stranger", "self.bobs", f"stranger = self.bobs.{code}"))
        return found

    # Code

    def record(self, situation: Situation) -> list[str]:
        """Return the lines that make the record which is tried on."""
        if self.is_auth:
            return ["record = self.alice.record"]
        if self.is_view:
            return [f"record = self.alices.row({literal(self.name)}{code_keywords(situation.codes())})"]
        return [*situation.lines("self.alices"), f"record = {self.made('self.alices', situation.codes())}"]

    def made(self, world: str, codes: dict[str, str]) -> str:
        """Return the code that saves a record of a world; `codes` count most."""
        return f"{world}.make({literal(self.name)}{code_keywords({**literals(self.values), **codes})})"

    def body(self, world: str, codes: dict[str, str] | None = None) -> str:
        """Return the code of a new record's body, without what an honest request leaves out; `codes` count most."""
        asked = literals({**self.values, **demanded(self.item), **left_out(self)})
        another = "self.bob.id" if world == "self.alices" else "self.alice.id"
        foreign = {field["name"]: another for field in self._foreign()}
        return f"{world}.body({literal(self.name)}{code_keywords({**asked, **foreign, **(codes or {})})})"

    def _foreign(self) -> list[Field]:
        """Return the relations to a user in which whoever creates a record must not name themselves."""
        names = owning.foreign_fields(self.item)
        return [field for field in self.user_fields(self.item) if field["name"] in names] if self.auth else []

    def user_fields(self, item: Collection) -> list[Field]:
        """Return the relations of a collection that lead to users."""
        auth = self.session.collection(self.auth)
        return [field for field in owning.relations(item) if field["collectionId"] == auth["id"]]

    def own_links(self, code: str) -> dict[str, str]:
        """Return the code with which a new record names somebody wherever it may name one user."""
        fields = [field for field in self.user_fields(self.item) if not is_multiple(field)]
        left = [*demanded(self.item), *owning.foreign_fields(self.item)]
        return {field["name"]: f"{code}.id" for field in fields if field["name"] not in left}

    # Requests

    def reading(self, who: Who) -> list[Step]:
        """Return the steps in which somebody looks for the record."""
        return [
            self._read(who, self._step(FIND, "listRule", who, f"find({literal(self.name)}, record)")),
            self._read(who, self._step(GET, "viewRule", who, f'get({literal(self.name)}, record["id"])')),
        ]

    def writing(self, who: Who) -> list[Step]:
        """Return the steps in which somebody changes and deletes the record."""
        signed = owning.ties_of(self.item, "updateRule")
        stored = owning.ties_of(self.item, "updateRule", stored=True)
        named = {name: f"{who.code}.id" for name in signed if name not in stored and who.words != GUEST}
        change = code_dict({**literals(self._change()), **named})
        return [
            self._write(
                who, self._step(WRITE, "updateRule", who, f'update({literal(self.name)}, record["id"], {change})')
            ),
            self._write(who, self._step(WRITE, "deleteRule", who, f'delete({literal(self.name)}, record["id"])')),
        ]

    def _step(self, kind: str, rule: str, who: Who, call: str) -> Step:
        return Step(kind, rule, f"{who.code}.{call}", who=who.words)

    def creating(self, who: Who, body: str, *, named: bool = True) -> Step:
        """Return the step in which somebody creates a record; `named` says that the body names an owner."""
        step = self._step(WRITE, "createRule", who, f"create({literal(self.name)}, {body})")
        if who.words != GUEST or self.is_auth or not self.owned:
            return step
        meant = self.meant("createRule", who)
        if meant == NEVER or (meant == ALWAYS and named):
            return step._replace(hole="a guest creates what should have an owner")
        return step._replace(doubt=Doubt("may create it", who.words)) if meant == SOMETIMES and named else step

    def meant(self, rule: str, who: Who) -> str:
        """Return whether a rule means to let a guest or another user pass (_pb.testing.scaffold.strangers)."""
        return meant_for_strangers(
            rule_of(self.item, rule),
            guest=who.words == GUEST,
            creating=rule == "createRule",
            plain=self._plain,
            filled=owning.filled_fields(self.item),
        )

    def _is_stranger(self, who: Who) -> bool:
        """Tell whether nothing ties somebody to the record; whoever is in a list of people is tied to all of it."""
        return who.words in ((GUEST, OUTSIDER) if self.is_list_of_people else (GUEST, STRANGER))

    def _read(self, who: Who, step: Step) -> Step:
        if self.is_view or not self._is_stranger(who):
            return step
        meant, tied = self.meant(step.rule, who), owning.is_about_user(rule_of(self.item, step.rule))
        if meant == NEVER or (meant == ALWAYS and tied):
            return step._replace(hole=f"the rule is about the user, and still {who.words} reads it")
        return step._replace(doubt=Doubt("may read it", who.words)) if self.owned and not self.is_auth else step

    def _write(self, who: Who, step: Step) -> Step:
        if not self._is_stranger(who):
            return step
        meant = self.meant(step.rule, who)
        unseen = all(self.meant(rule, who) == NEVER for rule in ("listRule", "viewRule"))
        if meant == NEVER or (meant == ALWAYS and self.owned and (who.words == GUEST or unseen or self.is_auth)):
            return step._replace(hole=f"{who.words} changes what is not theirs")
        is_odd = self.owned or (who.words == GUEST and meant == ALWAYS)
        doubt = Doubt(f"may {'delete' if step.rule == 'deleteRule' else 'change'} it", who.words)
        return step._replace(doubt=doubt) if is_odd else step

    def _change(self) -> dict[str, Any]:
        """Return a harmless change of one plain field, if there is one."""
        taken = {name for path in all_paths(roles.rules_of_requests(self.item)) for name in path.names}
        indexed = {column.lower() for index in read_indexes(self.item.get("indexes")) for column in index.columns}
        values = self.session.maker.values(self.name)
        for field in self.item["fields"]:
            plain = field["type"] in ("text", "editor", "number") and not field.get("system")
            free = field["name"] not in taken and field["name"].lower() not in indexed
            if plain and free and field["name"] in values and not field.get("hidden"):
                return {field["name"]: values[field["name"]]}
        return {}


def people(auth: str, given: str) -> list[str]:
    """Return the lines that make two users' worlds, with these further arguments, and their accounts."""
    lines = [f'self.{name}s = self.pb.world("{name}"{given})' for name in ("alice", "bob")]
    accounts = [f"self.{name} = self.{name}s.account({literal(auth)})" for name in ("alice", "bob")]
    return [*lines, *(accounts if auth else [])]


def left_out(subject: Subject) -> dict[str, Any]:
    """Return the fields that an honest request leaves out: those that the rule forbids to send, and roles."""
    optional = {field["name"] for field in subject.item["fields"] if not field.get("required")}
    names = owning.forbidden_fields(subject.item, "createRule")
    names += roles.roles(subject.session.collections()) if subject.is_auth else []
    return {name: None for name in names if name in optional}
