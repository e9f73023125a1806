"""All witnesses of a schema, played: what the server answered to each, by collection, action and way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from operator import truediv

from _pb.access.rows import Unbuildable
from _pb.access.scene import Scene
from _pb.access.stage import Seen, Stage
from _pb.access.store import Unplayable
from _pb.access.witnesses import RULES, Way, Witness, base_of, variants, ways_of
from _pb.schema.lookup import rule_of
from pb_common.progress import Progress
from pb_common.schema_types import Collection
from pb_common.status_line import doing


@dataclass
class Play:
    """A witness and what the server answered, or why it could not be played."""

    witness: Witness
    seen: Seen | None
    problem: str = ""

    @property
    def allowed(self) -> bool:
        """Whether the server let the request through."""
        return self.seen is not None and self.seen.allowed

    @property
    def denied(self) -> bool:
        """Whether the server was asked and refused."""
        return self.seen is not None and not self.seen.allowed


@dataclass
class Trial:
    """A way in which a rule holds, with the plays of its base and of the witnesses that break one condition each."""

    way: Way
    base: Play
    others: list[Play] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The collection's name."""
        return self.way.collection["name"]


def reads_alike(collection: Collection) -> bool:
    """Tell whether the list and the view rule of a collection are the same."""
    return rule_of(collection, RULES["list"]) == rule_of(collection, RULES["view"])


class Playing:
    """The plays of a schema on a stage; `trials` are in the order of collections and actions."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.schema = stage.schema
        self.trials: list[Trial] = []

    def play_all(self) -> None:
        """Play the witnesses of all rules."""
        rules = [(collection, action) for collection in self.stage.collections for action in RULES]
        with Progress("tried", "rules") as progress:
            for number, (collection, action) in enumerate(rules, 1):
                if action not in ("list", "view") or not reads_alike(collection):
                    self.trials += self.trials_of(collection, action)
                elif action == "list":
                    self.trials += self._trials_of_reading(collection)
                progress.show(number, partial(truediv, number, len(rules)))
        doing("judging the answers")

    def trials_of(self, collection: Collection, action: str, rule: str | None = None) -> list[Trial]:
        """Return the plays of one rule, by default the collection's own."""
        if (action == "auth" and collection["type"] != "auth") or (
            action == "manage" and not rule_of(collection, RULES[action])
        ):
            return []
        if collection["type"] == "view" and action not in ("list", "view"):
            return []
        return [self._trial(way) for way in ways_of(self.schema, collection, action, rule)]

    def _trials_of_reading(self, collection: Collection) -> list[Trial]:
        """Return the plays of a list rule and of a view rule that says the same: what is stored once is asked twice."""
        listing: list[Trial] = []
        viewing: list[Trial] = []
        for way in ways_of(self.schema, collection, "list"):
            also = way._replace(action="view")
            plays = [self._read(witness, also) for witness in (base_of(way), *variants(self.schema, way))]
            for found, of_way, at in ((listing, way, 0), (viewing, also, 1)):
                found.append(Trial(of_way, plays[0][at], [both[at] for both in plays[1:]]))
        return [*listing, *viewing]

    def _read(self, witness: Witness, also: Way) -> tuple[Play, Play]:
        """Play one witness of a list rule, and the same of the view rule."""
        other = witness._replace(way=also)
        try:
            scene = witness.scene(self.schema)
            self.stage.store(scene)
            return Play(witness, self.stage.list(scene)), Play(other, self.stage.view(scene))
        except (Unbuildable, Unplayable) as problem:
            return Play(witness, None, str(problem)), Play(other, None, str(problem))
        finally:
            self.stage.sweep()

    def _trial(self, way: Way) -> Trial:
        trial = Trial(way, self.play(base_of(way)))
        trial.others = [self.play(witness) for witness in variants(self.schema, way)]
        return trial

    def play(self, witness: Witness) -> Play:
        """Play one witness."""
        try:
            scene = witness.scene(self.schema)
            self.stage.store(scene)
            return Play(witness, self.stage.ask(scene))
        except (Unbuildable, Unplayable) as problem:
            return Play(witness, None, str(problem))
        finally:
            self.stage.sweep()

    def shown(self, witness: Witness) -> tuple[Seen, ...] | None:
        """Play a witness once more, and return its request if the server lets it through."""
        play = self.play(witness)
        return (play.seen,) if play.seen is not None and play.allowed else None

    def stored(self, witness: Witness) -> Scene | None:
        """Return a witness's scene with its records stored, None if that cannot be."""
        try:
            scene = witness.scene(self.schema)
            self.stage.store(scene)
        except (Unbuildable, Unplayable):
            return None
        return scene

    def of(self, name: str, *actions: str) -> Iterator[Trial]:
        """Yield the trials of a collection's actions."""
        yield from (trial for trial in self.trials if trial.name == name and trial.way.action in actions)

    def of_all(self, *actions: str) -> Iterator[Trial]:
        """Yield the trials of actions of all collections."""
        yield from (trial for trial in self.trials if trial.way.action in actions)

    def allowed(self, *actions: str) -> Iterator[Trial]:
        """Yield the trials of actions whose base the server let through."""
        yield from (trial for trial in self.trials if trial.way.action in actions and trial.base.allowed)
