"""The access rules of the demo, proved: who sees what, who may change what, and what is refused."""

from __future__ import annotations

import sys

from pb_e2e_helpers import Checks, Session


def check_access(pb: Session, checks: Checks) -> None:
    """Make two strangers and a guest try everything on each other's projects, tasks and comments."""
    alice, bob, guest = pb.user("alice"), pb.user("bob"), pb.guest

    project = alice.create("projects", {"name": "Alice's project", "owner": alice.id})
    checks.allowed("a user creates a project of her own", project)
    task = alice.create("tasks", {"title": "First", "status": "open", "project": project.data["id"]})
    checks.allowed("the owner creates a task", task)
    comment = alice.create("comments", {"task": task.data["id"], "author": alice.id, "text": "Hello"})
    checks.allowed("the owner writes a comment", comment)

    for name, record in (("projects", project), ("tasks", task), ("comments", comment)):
        checks.allowed(f"the owner lists {name}", alice.list(name))
        checks.hidden(f"a guest lists no {name}", guest.list(name))
        checks.hidden(f"a stranger lists no {name}", bob.list(name))
        checks.hidden(f"a stranger cannot open one of {name} by its id", bob.get(name, record.data["id"]))
        checks.denied(f"a stranger cannot delete one of {name}", bob.delete(name, record.data["id"]))

    spoofed = {"name": "Spoofed", "owner": alice.id}
    checks.denied("a guest cannot create a project", guest.create("projects", {"name": "Guest's", "owner": ""}))
    checks.denied("a user cannot create a project in another's name", bob.create("projects", spoofed))
    checks.denied(
        "an owner cannot give the project away", alice.update("projects", project.data["id"], {"owner": bob.id})
    )
    checks.denied("a comment cannot be changed", alice.update("comments", comment.data["id"], {"text": "Bye"}))

    invited = alice.update("projects", project.data["id"], {"members": [bob.id]})
    checks.allowed("the owner invites a member", invited)
    checks.allowed("a member lists the tasks", bob.list("tasks"))
    checks.allowed("a member finishes a task", bob.update("tasks", task.data["id"], {"status": "done"}))
    checks.denied("a member cannot delete the project", bob.delete("projects", project.data["id"]))
    forged = {"task": task.data["id"], "author": alice.id, "text": "Forged"}
    checks.denied("a member cannot comment in another's name", bob.create("comments", forged))

    checks.allowed("the owner deletes the project", alice.delete("projects", project.data["id"]))
    gone = pb.superuser.get("comments", comment.data["id"])
    checks.hidden("its tasks and comments went with it", gone)


def main() -> int:
    """Run the checks against the server of PB_URL and return the exit code."""
    checks = Checks()
    with Session() as pb:
        check_access(pb, checks)
    return checks.summary()


if __name__ == "__main__":
    sys.exit(main())
