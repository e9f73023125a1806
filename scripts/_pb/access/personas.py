"""Who tries: a label, an account, and whose records are theirs."""

from __future__ import annotations

from typing import NamedTuple

from _pb.access.variants import Variant

OWNER, OTHER, PEER = "owner", "other", "peer"
GUEST, SUPERUSER = "guest", "superuser"


class Persona(NamedTuple):
    """Somebody who tries: a label such as users:owner, and where the records of their own are (A, B or C).

    `kind` is owner, other, peer, guest or superuser, "" for users whom something else sets apart, such as a role.
    Where `role` is set, they are what the label says only while their record of `via` differs like that.
    """

    label: str
    collection: str = ""
    id: str = ""
    token: str = ""
    world: str = "C"
    kind: str = ""
    via: str = ""
    role: Variant | None = None

    @property
    def plain(self) -> bool:
        """Whether the actor stands for everybody of a kind: the guest, owners, others and peers."""
        return bool(self.kind)


def guest() -> Persona:
    """Return who is not signed in."""
    return Persona(GUEST, kind=GUEST)


def superuser(token: str, world: str = "C") -> Persona:
    """Return the superuser, to whom a world's records count as their own."""
    return Persona(SUPERUSER, token=token, world=world, kind=SUPERUSER)
