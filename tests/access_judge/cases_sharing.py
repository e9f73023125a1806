"""Schemas in which records are shared: drafts and articles, invites, chat rooms, social posts, files."""

from __future__ import annotations

from .build import (
    ME,
    SIGNED_IN,
    Case,
    Leak,
    base,
    date,
    file,
    flag,
    keep,
    many,
    maybe,
    mine,
    select,
    spoofless,
    text,
    to,
)
from .build import users as accounts

_PUBLISHED = "status = 'published'"
_READER = f"{_PUBLISHED} || ({mine('author')})"
_DUE = "(embargo = '' || embargo <= @now)"

DRAFTS = Case(
    "drafts",
    [
        accounts(),
        base(
            "articles",
            [text("title"), to("author", "users"), select("status", "draft", "published", "archived"), date("embargo")],
            list=f"({_PUBLISHED} && {_DUE}) || ({mine('author')})",
            view=f"({_PUBLISHED} && {_DUE}) || ({mine('author')})",
            create=spoofless("author"),
            update=mine("author") + keep("author"),
            delete=mine("author") + " && status = 'draft'",
        ),
        base(
            "revisions",
            [text("body"), to("article", "articles")],
            list=mine("article.author"),
            view=mine("article.author"),
            create=mine("article.author"),
        ),
    ],
    [
        Leak("drafts are listed", "articles", {"list": ""}),
        Leak("drafts can be viewed by their address", "articles", {"view": ""}),
        Leak("archived articles show", "articles", {"list": f"(status != 'draft' && {_DUE}) || ({mine('author')})"}),
        Leak("the embargo is forgotten", "articles", {"view": _READER}),
        Leak("published articles are deleted", "articles", {"delete": mine("author")}),
        Leak("every user changes published articles", "articles", {"update": f"{SIGNED_IN} && {_PUBLISHED}"}),
        Leak("revisions of published articles show", "revisions", {"list": "article.status = 'published'"}),
        Leak("revisions are added to another's article", "revisions", {"create": SIGNED_IN}),
    ],
)

_OF_SPACE = (
    "@request.auth.id != '' && @collection.memberships.user ?= @request.auth.id && @collection.memberships.space ?= {0}"
)
_ADMIN_OF_SPACE = _OF_SPACE + " && @collection.memberships.role ?= 'admin'"

INVITES = Case(
    "invites",
    [
        accounts(),
        base(
            "spaces",
            [text("name"), to("owner", "users")],
            list=f"({mine('owner')}) || ({_OF_SPACE.format('id')})",
            view=f"({mine('owner')}) || ({_OF_SPACE.format('id')})",
            create=spoofless("owner"),
            update=mine("owner") + keep("owner"),
            delete=mine("owner"),
        ),
        base(
            "memberships",
            [to("space", "spaces"), to("user", "users"), select("role", "reader", "admin")],
            list=mine("user"),
            view=mine("user"),
            create=mine("space.owner"),
            update=mine("space.owner") + keep("space") + keep("user"),
            delete=f"{SIGNED_IN} && (space.owner = {ME} || user = {ME})",
        ),
        base(
            "invites",
            [to("space", "spaces"), text("address"), text("token", hidden=True)],
            list=mine("space.owner"),
            view=mine("space.owner"),
            create=mine("space.owner"),
            delete=_ADMIN_OF_SPACE.format("space"),
        ),
        base(
            "entries",
            [text("body"), to("space", "spaces")],
            list=_OF_SPACE.format("space"),
            view=_OF_SPACE.format("space"),
            create=_OF_SPACE.format("space"),
            update=_ADMIN_OF_SPACE.format("space") + keep("space"),
        ),
    ],
    [
        Leak("users join any space", "memberships", {"create": spoofless("user")}),
        Leak("members make themselves admins", "memberships", {"update": mine("user")}),
        Leak("everybody sees who is where", "memberships", {"list": SIGNED_IN}),
        Leak("invite tokens show", "invites", fields={"token": {"hidden": False}}),
        Leak("everybody sees invites", "invites", {"list": SIGNED_IN, "view": SIGNED_IN}),
        Leak("readers delete invites", "invites", {"delete": _OF_SPACE.format("space")}),
        Leak("invites to another's space", "invites", {"create": SIGNED_IN}),
        Leak(
            "members of any space read entries",
            "entries",
            {"list": f"{SIGNED_IN} && @collection.memberships.user ?= {ME}"},
        ),
        Leak("readers change entries", "entries", {"update": _OF_SPACE.format("space") + keep("space")}),
    ],
)

_IN_ROOM = f"{SIGNED_IN} && room.members.id ?= {ME}"

CHAT = Case(
    "chat",
    [
        accounts(),
        base(
            "rooms",
            [text("topic"), to("host", "users"), many("members", "users")],
            list=f"{SIGNED_IN} && members.id ?= {ME}",
            view=f"{SIGNED_IN} && members.id ?= {ME}",
            create=spoofless("host"),
            update=mine("host") + keep("host"),
            delete=mine("host"),
        ),
        base(
            "messages",
            [text("body"), to("room", "rooms"), to("sender", "users")],
            list=_IN_ROOM,
            view=_IN_ROOM,
            create=f"{_IN_ROOM} && @request.body.sender = {ME}",
            update=mine("sender") + keep("sender") + keep("room"),
            delete=f"{SIGNED_IN} && (sender = {ME} || room.host = {ME})",
        ),
    ],
    [
        Leak("strangers read messages", "messages", {"list": SIGNED_IN}),
        Leak("messages can be viewed by their address", "messages", {"view": ""}),
        Leak("messages are sent in another's name", "messages", {"create": _IN_ROOM}),
        Leak("messages are sent to another's room", "messages", {"create": spoofless("sender")}),
        Leak("members change each other's messages", "messages", {"update": _IN_ROOM}),
        Leak("members delete each other's messages", "messages", {"delete": _IN_ROOM}),
        Leak("strangers let themselves into a room", "rooms", {"update": SIGNED_IN + keep("host")}),
        Leak("members change the room", "rooms", {"update": f"members.id ?= {ME}" + keep("host")}),
    ],
)

_SEEN = f"visibility = 'public' || ({mine('author')})"
_SEEN_POST = f"post.visibility = 'public' || ({mine('post.author')})"

SOCIAL = Case(
    "back-relations",
    [
        accounts(text("name"), flag("staff", hidden=True), list=SIGNED_IN, view=SIGNED_IN),
        base(
            "posts",
            [text("body"), to("author", "users"), select("visibility", "private", "public")],
            list=_SEEN,
            view=_SEEN,
            create=spoofless("author"),
            update=mine("author") + keep("author"),
            delete=mine("author"),
        ),
        base(
            "comments",
            [text("body"), to("post", "posts"), to("author", "users")],
            list=_SEEN_POST,
            view=_SEEN_POST,
            create=f"{spoofless('author')} && ({_SEEN_POST})",
            delete=f"{SIGNED_IN} && (author = {ME} || post.author = {ME})",
        ),
        base(
            "bookmarks",
            [to("post", "posts"), to("reader", "users")],
            list=mine("reader"),
            view=mine("reader"),
            create=f"{spoofless('reader')} && ({_SEEN_POST})",
            delete=mine("reader"),
        ),
    ],
    [
        Leak("private posts show", "posts", {"list": "", "view": ""}),
        Leak("private posts expand from comments", "posts", {"view": f"{SIGNED_IN}"}),
        Leak("comments of private posts show", "comments", {"list": ""}),
        Leak("comments on private posts of others", "comments", {"create": spoofless("author")}),
        Leak("comments in another's name", "comments", {"create": f"{SIGNED_IN} && ({_SEEN_POST})"}),
        Leak("bookmarks show who reads what", "bookmarks", {"list": "", "view": ""}),
        Leak("bookmarks show through the back-relation", "bookmarks", {"view": SIGNED_IN}),
        Leak("bookmarks of private posts", "bookmarks", {"create": spoofless("reader")}),
        Leak("everybody deletes bookmarks", "bookmarks", {"delete": SIGNED_IN}),
        Leak("the staff mark shows", "users", fields={"staff": {"hidden": False}}),
    ],
)

FILES = Case(
    "files",
    [
        accounts(),
        base(
            "folders",
            [text("name"), maybe("owner", "users")],
            list=mine("owner"),
            view=mine("owner"),
            create=spoofless("owner"),
            update=mine("owner") + keep("owner"),
            delete=mine("owner"),
        ),
        base(
            "documents",
            [to("folder", "folders"), file("contract", protected=True, required=True), flag("shared")],
            list=f"{SIGNED_IN} && folder.owner = {ME}",
            view=f"{SIGNED_IN} && (folder.owner = {ME} || shared = true)",
            create=mine("folder.owner"),
            update=mine("folder.owner") + keep("folder"),
            delete=mine("folder.owner"),
        ),
    ],
    [
        Leak("contracts are public by their address", "documents", fields={"contract": {"protected": False}}),
        Leak("shared documents are public", "documents", {"view": f"shared = true || ({mine('folder.owner')})"}),
        Leak("all documents are listed", "documents", {"list": SIGNED_IN}),
        Leak("documents are put into another's folder", "documents", {"create": SIGNED_IN}),
        Leak("documents are moved to another's folder", "documents", {"update": mine("folder.owner")}),
        Leak("everybody replaces shared documents", "documents", {"update": "shared = true" + keep("folder")}),
        Leak("guests delete folders without an owner", "folders", {"delete": f"owner = {ME}"}),
    ],
)

CASES = [DRAFTS, INVITES, CHAT, SOCIAL, FILES]
