"""A team chat: open and closed rooms, invitations with a last day, messages that moderators take down."""

from __future__ import annotations

from blind_judge.app import App
from blind_judge.schema import auth, base
from blind_judge.world import FUTURE, PAST, Person, World

ME = "@request.auth.id != ''"
IN_ROOM = f"{ME} && room.members_via_room.user ?= @request.auth.id"
INVITED = (
    "@request.query.invite != '' && @collection.invites.room ?= room"
    " && @collection.invites.token ?= @request.query.invite"
    " && @collection.invites.until ?> @now && @collection.invites.used ?= false"
)

APP = App(
    "chat",
    "Members of a room read and write in it; others come in by an invitation, or if the room is open.",
    [
        auth("users", "name:text avatar:file", read=ME, create="", update=f"{ME} && id = @request.auth.id"),
        base(
            "rooms",
            "name:text! open:bool archived:bool owner:users!",
            read=f"{ME} && (open = true || owner = @request.auth.id || members_via_room.user ?= @request.auth.id)",
            create=f"{ME} && owner = @request.auth.id",
            update=f"{ME} && owner = @request.auth.id && @request.body.owner:changed = false",
        ),
        base(
            "members",
            "room:rooms!/cascade user:users!/cascade role:select(guest|member|moderator)! muted:bool",
            read=f"{ME} && (user = @request.auth.id || {IN_ROOM})",
            create=f"({ME} && user = @request.auth.id && role = 'guest' && room.open = true && room.archived = false)"
            f" || ({ME} && user = @request.auth.id && role = 'member' && {INVITED}"
            " && room.archived = false)"
            f" || ({ME} && room.owner = @request.auth.id && room.archived = false)",
            update=f"{ME} && room.owner = @request.auth.id && @request.body.room:changed = false"
            " && @request.body.user:changed = false",
            delete=f"{ME} && (user = @request.auth.id || room.owner = @request.auth.id) && muted = false",
            unique="room,user",
        ),
        base(
            "invites",
            "room:rooms!/cascade token:text!/hidden until:date! used:bool",
            read=f"{ME} && room.owner = @request.auth.id",
            update=f"{ME} && room.owner = @request.auth.id && @request.body.room:changed = false",
            delete=f"{ME} && room.owner = @request.auth.id",
        ),
        base(
            "messages",
            "room:rooms!/cascade author:users! text:text removed:bool files:file/many/protected",
            read=f"{IN_ROOM} && removed = false",
            create=f"{IN_ROOM} && room.members_via_room.muted ?= false && author = @request.auth.id"
            " && room.archived = false && removed = false",
            update=f"{IN_ROOM} && room.members_via_room.muted ?= false && author = @request.auth.id"
            " && room.archived = false && removed = false && @request.body.author:changed = false"
            " && @request.body.room:changed = false",
            delete=f"{IN_ROOM} && room.members_via_room.role ?= 'moderator'",
        ),
        base(
            "reactions",
            "message:messages!/cascade user:users! sign:select(like|laugh|cry)!",
            read=f"{ME} && message.room.members_via_room.user ?= @request.auth.id && message.removed = false",
            create=f"{ME} && user = @request.auth.id && message.room.members_via_room.user ?= @request.auth.id"
            " && message.removed = false",
            delete=f"{ME} && user = @request.auth.id",
            unique="message,user,sign",
        ),
    ],
)


def _room(w: World, **more: object) -> str:
    return w.add("rooms", name="r", owner=w.user("users"), **more)


def _member(w: World, room: str, role: str = "member", muted: bool = False) -> Person:
    user = w.user("users")
    w.add("members", room=room, user=user, role=role, muted=muted)
    return user


@APP.use
def invited_user_writes(w: World) -> bool:
    owner, guest = w.user("users"), w.user("users")
    room = owner.create("rooms", name="r", owner=owner)
    w.add("invites", room=room, token="abcdef", until=FUTURE)
    joined = guest.create("members", {"invite": "abcdef"}, room=room, user=guest, role="member")
    message = guest.create("messages", room=room, author=guest, text="x")
    reader = _member(w, room)
    return joined != "" and reader.sees("messages", message) and guest.update("messages", message, text="y")


@APP.leak("join", "members.create", " && room.open = true", "", "Any user enters closed rooms as a guest.")
def stranger_enters_closed_room(w: World) -> bool:
    room, user = _room(w), w.user("users")
    message = w.add("messages", room=room, author=_member(w, room), text="x")
    user.create("members", room=room, user=user, role="guest")
    return user.sees("messages", message)


@APP.leak(
    "republish",
    "members.create",
    " && @collection.invites.until ?> @now",
    "",
    "An invitation works after its last day.",
)
def late_guest_uses_invitation(w: World) -> bool:
    room, user = _room(w), w.user("users")
    w.add("invites", room=room, token="abcdef", until=PAST)
    return user.create("members", {"invite": "abcdef"}, room=room, user=user, role="member") != ""


@APP.leak(
    "any-row",
    "members.create",
    " && @collection.invites.room ?= room",
    "",
    "An invitation to one room opens all others.",
)
def invitation_opens_other_room(w: World) -> bool:
    room, user = _room(w), w.user("users")
    w.add("invites", room=_room(w), token="abcdef", until=FUTURE)
    return user.create("members", {"invite": "abcdef"}, room=room, user=user, role="member") != ""


@APP.leak(
    "sibling-lacks",
    "messages.update",
    " && room.members_via_room.muted ?= false",
    "",
    "A muted member goes on writing by changing old messages.",
)
def muted_member_edits(w: World) -> bool:
    room = _room(w)
    user = _member(w, room, muted=True)
    return user.update("messages", w.add("messages", room=room, author=user, text="x"), text="still here")


@APP.leak(
    "republish",
    "messages.update",
    " && removed = false",
    "",
    "The author brings back a message that a moderator took down.",
)
def author_restores_message(w: World) -> bool:
    room = _room(w)
    user, reader = _member(w, room), _member(w, room)
    message = w.add("messages", room=room, author=user, text="x", removed=True)
    user.update("messages", message, removed=False)
    return reader.sees("messages", message)


@APP.leak(
    "realtime",
    "messages.list",
    " && room.members_via_room.user ?= @request.auth.id",
    "",
    "Any user who subscribes hears the messages of all rooms.",
)
def stranger_listens(w: World) -> bool:
    room, user = _room(w), w.user("users")
    author = _member(w, room)
    return user.hears("messages/*", lambda: w.add("messages", room=room, author=author, text="secret"))


@APP.leak(
    "file", "messages.files.protected", None, False, "Files of a closed room can be fetched by their address alone."
)
def stranger_fetches_file(w: World) -> bool:
    room = _room(w)
    return w.guest.downloads("messages", w.add("messages", room=room, author=_member(w, room), files=b"x"), "files")


@APP.leak(
    "two-rows",
    "messages.delete",
    "room.members_via_room.role ?= 'moderator'",
    "@collection.members.room ?= room && @collection.members.role ?= 'moderator'",
    "Any member of a room that has a moderator deletes messages.",
)
def member_deletes_as_moderator(w: World) -> bool:
    room = _room(w)
    author, _ = _member(w, room), _member(w, room, role="moderator")
    return _member(w, room).delete("messages", w.add("messages", room=room, author=author, text="x"))


@APP.leak(
    "anothers-name", "reactions.create", " && user = @request.auth.id", "", "A member reacts in the name of others."
)
def member_reacts_as_another(w: World) -> bool:
    room = _room(w)
    user, other = _member(w, room), _member(w, room)
    message = w.add("messages", room=room, author=other, text="x")
    return user.create("reactions", message=message, user=other, sign="cry") != ""


APP.twin(
    "members.update",
    "room.owner = @request.auth.id && @request.body.room",
    "(room.owner = @request.auth.id || (room.members_via_room.user ?= @request.auth.id"
    " && room.members_via_room.role ?= 'moderator' && user != @request.auth.id && role != 'moderator'"
    " && @request.body.role:changed = false)) && @request.body.room",
    "A moderator mutes other members of his room.",
)
