"""How much of what a schema says is proved: each mutant of it has to change what is observed.

with Throwaway(copy_of=client) as server:
    secrets = pinned_secrets(server.client)   # before anybody signs in
    ...                                       # records, people
    tried = try_mutants([Stage(server.client, observe, secrets)])
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from queue import Empty, SimpleQueue
from typing import Any, Callable, NamedTuple

from _pb.access.mutations import Mutant, concerned, mutants
from _pb.access.session_tokens import pin
from _pb.schema.export import RULES
from pb_common import Client, PBError
from pb_common.collections import get_collections
from pb_common.paths import collection_path
from pb_common.schema_types import Collection

# What one collection's observations are: what the server answered, by what was tried.
Observations = Mapping[str, str]
# So many mutants of one collection are tried in a row on one server.
_IN_A_ROW = 12


class Stage(NamedTuple):
    """A throwaway server, how a collection is observed there, and the secrets of its tokens.

    `observe` takes a collection's name and is called by one thread. Where nothing has changed, it returns the same
    again. `secrets` are what `pinned_secrets` returned; without them no authRule is changed. `observe_rule` may tell
    of a collection and the key of a rule, such as listRule, only what that rule decides: it is asked first, for most
    mutants show there.
    """

    client: Client
    observe: Callable[[str], Observations]
    secrets: Mapping[str, str] = {}
    observe_rule: Callable[[str, str], Observations] | None = None


class Tried(NamedTuple):
    """What came of mutants: how many were noticed, which were not, and which could not be set.

    `unsteady` names collections that were observed otherwise though nothing was changed: what is said of these is
    worth nothing.
    """

    killed: int
    survivors: list[Mutant]
    not_set: list[Mutant]
    unsteady: list[str]

    @property
    def total(self) -> int:
        """How many mutants were set."""
        return self.killed + len(self.survivors)

    def as_data(self) -> dict[str, Any]:
        """Return the numbers, and the survivors with their places."""
        found: dict[str, Any] = {"killed": self.killed, "total": self.total, "notSet": len(self.not_set)}
        found["survivors"] = [mutant.as_data() for mutant in self.survivors]
        return {**found, **({"unsteady": self.unsteady} if self.unsteady else {})}


def try_mutants(stages: Sequence[Stage], names: Sequence[str] = ()) -> Tried:
    """Set each mutant of the collections `names` (all by default) on a stage, observe anew, and take it back.

    The stages have the same schema and work at the same time. Follows PATCH /api/collections/{collection}.
    Raises PBError if a server goes away, or a mutant cannot be taken back.
    """
    collections = get_collections(stages[0].client)
    waiting: SimpleQueue[list[Mutant]] = SimpleQueue()
    for several in _portions([one for one in mutants(collections) if not names or one.collection in names]):
        waiting.put(several)
    trials = [_Trial(stage, collections, waiting) for stage in stages]
    threads = [threading.Thread(target=trial.run) for trial in trials[1:]]
    for thread in threads:
        thread.start()
    trials[0].run()
    for thread in threads:
        thread.join()
    for trial in trials:
        if trial.error:
            raise trial.error
    survivors = [one for trial in trials for one in trial.survivors]
    not_set = [one for trial in trials for one in trial.not_set]
    unsteady = sorted({name for trial in trials for name in trial.unsteady})
    order = {item["name"]: at for at, item in enumerate(collections)}
    survivors.sort(key=lambda mutant: (order[mutant.collection], mutant.place))
    return Tried(sum(trial.killed for trial in trials), survivors, not_set, unsteady)


def _portions(found: list[Mutant]) -> Iterator[list[Mutant]]:
    """Yield the mutants in portions of one collection each, those of the largest first."""
    by_name: dict[str, list[Mutant]] = {}
    for mutant in found:
        by_name.setdefault(mutant.collection, []).append(mutant)
    for several in sorted(by_name.values(), key=len, reverse=True):
        yield from (several[at : at + _IN_A_ROW] for at in range(0, len(several), _IN_A_ROW))


class _Trial:
    """The work of one stage: it takes mutants as long as there are any."""

    def __init__(self, stage: Stage, collections: list[Collection], waiting: SimpleQueue[list[Mutant]]) -> None:
        self._stage = stage
        self._collections = collections
        self._originals = {item["name"]: item for item in collections}
        self._waiting = waiting
        self._before: dict[tuple[str, str], Observations] = {}
        self.killed = 0
        self.survivors: list[Mutant] = []
        self.not_set: list[Mutant] = []
        self.unsteady: list[str] = []
        self.error: BaseException | None = None

    def run(self) -> None:
        """Try mutants until none is left; what ends it too early is kept as `error`."""
        try:
            while True:
                try:
                    several = self._waiting.get_nowait()
                except Empty:
                    break
                for mutant in several:
                    self._try(mutant)
            seen = self._before.items()
            self.unsteady = sorted({place[0] for place, before in seen if self._observed(place) != before})
        except BaseException as error:  # it belongs to who started the threads
            self.error = error
            self._stop()

    def _stop(self) -> None:
        """Leave nothing to the others."""
        while not self._waiting.empty():
            try:
                self._waiting.get_nowait()
            except Empty:
                return

    def _try(self, mutant: Mutant) -> None:
        places = [(name, "") for name in concerned(self._collections, mutant.collection)]
        if self._stage.observe_rule and mutant.key in RULES:
            places.insert(0, (mutant.collection, mutant.key))
        self._note(places[0])
        if not self._set(mutant):
            self.not_set.append(mutant)
            return
        try:
            noticed = self._is_noticed(places, mutant)
        finally:
            self._restore(mutant)
        if noticed:
            self.killed += 1
        else:
            self.survivors.append(mutant)

    def _is_noticed(self, places: list[tuple[str, str]], mutant: Mutant) -> bool:
        """Tell whether something is observed otherwise than without the mutant; what is farther away comes last."""
        for place in places:
            if place not in self._before:
                self._restore(mutant)
                self._note(place)
                self._set(mutant)
            if self._observed(place) != self._before[place]:
                return True
        return False

    def _note(self, place: tuple[str, str]) -> None:
        if place not in self._before:
            self._before[place] = dict(self._observed(place))

    def _observed(self, place: tuple[str, str]) -> Observations:
        """Return what is observed of a collection, or only of one of its rules."""
        name, key = place
        by_rule = self._stage.observe_rule
        return by_rule(name, key) if key and by_rule else self._stage.observe(name)

    def _set(self, mutant: Mutant) -> bool:
        """Change the collection and tell whether the server took it, and did not keep what there was."""
        if mutant.key == "authRule" and mutant.collection not in self._stage.secrets:
            return False
        answer = self._send(mutant, mutant.changed)
        if answer.status != 200:
            return False
        return bool(answer.data.get(mutant.key) != self._originals[mutant.collection].get(mutant.key))

    def _restore(self, mutant: Mutant) -> None:
        original = self._originals[mutant.collection]
        answer = self._send(mutant, original)
        if answer.status != 200 or answer.data.get(mutant.key) != original.get(mutant.key):
            raise PBError(f"{mutant.place} could not be put back as it was ({mutant.change}): {answer.data}")

    def _send(self, mutant: Mutant, collection: Mapping[str, Any]) -> Any:
        client, name = self._stage.client, mutant.collection
        body = {mutant.key: collection.get(mutant.key)}
        answer = client.exchange_as_superuser("PATCH", collection_path(name), body)
        if answer.status == 200 and mutant.key == "authRule":
            pin(client, name, self._stage.secrets[name])
        return answer
