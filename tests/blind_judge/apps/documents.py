"""Shared documents: folders, editors and readers, links with a token and a last day, comments."""

from __future__ import annotations

from blind_judge.app import App
from blind_judge.schema import auth, base
from blind_judge.world import FUTURE, PAST, World

ME = "@request.auth.id != ''"
EDITS = f"{ME} && (owner = @request.auth.id || editors.id ?= @request.auth.id) && trashed = ''"
LINK = (
    "@request.headers.x_share != '' && shares_via_document.token ?= @request.headers.x_share"
    " && shares_via_document.until ?> @now && shares_via_document.revoked ?= false && trashed = ''"
)
READS = f"({EDITS}) || ({ME} && readers.id ?= @request.auth.id && trashed = '')"

APP = App(
    "documents",
    "Owners share documents with editors and readers of their organisation, and with anybody by a link that ends.",
    [
        base("orgs", "name:text!", read=""),
        auth(
            "users",
            "name:text org:orgs",
            read=f"{ME} && (id = @request.auth.id || (org != '' && org = @request.auth.org))",
            update=f"{ME} && id = @request.auth.id && @request.body.org:changed = false",
        ),
        base(
            "folders",
            "owner:users! name:text! parent:folders",
            read=f"{ME} && owner = @request.auth.id",
            create=f"{ME} && owner = @request.auth.id && (parent = '' || parent.owner = @request.auth.id)",
            update=f"{ME} && owner = @request.auth.id && @request.body.owner:changed = false"
            " && (@request.body.parent:changed = false || @request.body.parent.owner = @request.auth.id)",
            delete=f"{ME} && owner = @request.auth.id",
        ),
        base(
            "documents",
            "folder:folders owner:users! title:text! body:editor editors:users/many readers:users/many trashed:date",
            read=f"{READS} || ({LINK})",
            create=f"{ME} && owner = @request.auth.id && trashed = ''"
            " && (folder = '' || folder.owner = @request.auth.id)"
            " && (@request.body.readers:isset = false"
            " || (@request.auth.org != '' && @request.body.readers.org = @request.auth.org))"
            " && @request.body.editors:length <= 5",
            update=f"{EDITS} && @request.body.owner:changed = false && (owner = @request.auth.id"
            " || (@request.body.editors:changed = false && @request.body.readers:changed = false"
            " && @request.body.trashed:changed = false && @request.body.folder:changed = false))"
            " && (@request.body.folder:changed = false || @request.body.folder.owner = @request.auth.id)"
            " && (@request.body.readers:changed = false"
            " || (@request.auth.org != '' && @request.body.readers.org = @request.auth.org))"
            " && @request.body.editors:length <= 5",
        ),
        base(
            "shares",
            "document:documents!/cascade token:text until:date! revoked:bool",
            read=f"{ME} && document.owner = @request.auth.id",
            create=f"{ME} && document.owner = @request.auth.id",
            update=f"{ME} && document.owner = @request.auth.id && @request.body.document:changed = false",
        ),
        base(
            "comments",
            "document:documents!/cascade author:users! text:text! resolved:bool",
            read=f"{ME} && (document.owner = @request.auth.id || document.editors.id ?= @request.auth.id"
            " || document.readers.id ?= @request.auth.id) && document.trashed = ''",
            create=f"{ME} && author = @request.auth.id && (document.owner = @request.auth.id"
            " || document.editors.id ?= @request.auth.id || document.readers.id ?= @request.auth.id)"
            " && document.trashed = ''",
            update=f"{ME} && document.trashed = '' && ((author = @request.auth.id && (document.owner = @request.auth.id"
            " || document.editors.id ?= @request.auth.id || document.readers.id ?= @request.auth.id)"
            " && @request.body.author:changed = false && @request.body.document:changed = false)"
            " || (document.owner = @request.auth.id"
            " && @request.body.author:isset = false && @request.body.document:isset = false"
            " && @request.body.text:isset = false))",
            delete=f"{ME} && author = @request.auth.id",
        ),
    ],
)


def _document(w: World, **more: object) -> str:
    return w.add("documents", owner=w.user("users"), title="t", **more)


def _link(w: World, document: str, token: str, until: str = FUTURE) -> str:
    return w.add("shares", document=document, token=token, until=until)


def _opens(w: World, document: str, **headers: str) -> bool:
    path = f"/api/collections/documents/records/{document}"
    return w.guest.send("GET", path, None, None, **headers)[0] == 200


@APP.use
def colleagues_share(w: World) -> bool:
    org = w.add("orgs", name="o")
    owner, reader = w.user("users", org=org), w.user("users", org=org)
    document = owner.create("documents", owner=owner, title="t", readers=[reader])
    comment = reader.create("comments", document=document, author=reader, text="x")
    owner.create("shares", document=document, token="tokentoken", until=FUTURE)
    opened = _opens(w, document, X_Share="tokentoken") and owner.update("documents", document, editors=[reader])
    return (
        opened and reader.update("documents", document, body="x") and owner.update("comments", comment, resolved=True)
    )


@APP.leak(
    "tilde",
    "documents.read",
    "shares_via_document.token ?= @request.headers.x_share",
    "shares_via_document.token ?~ @request.headers.x_share",
    "A guest opens documents with a part of the link's token.",
)
def guest_opens_with_part(w: World) -> bool:
    document = _document(w)
    _link(w, document, "a1b2c3d4e5")
    return _opens(w, document, X_Share="a")


@APP.leak(
    "empty-equals-empty",
    "documents.view",
    "@request.headers.x_share != '' && ",
    "",
    "A guest without any token opens a document whose link has none yet.",
)
def guest_opens_without_token(w: World) -> bool:
    document = _document(w)
    _link(w, document, "")
    return _opens(w, document)


@APP.leak(
    "republish",
    "documents.read",
    " && shares_via_document.until ?> @now",
    "",
    "A link opens the document after its last day.",
)
def guest_opens_late(w: World) -> bool:
    document = _document(w)
    _link(w, document, "a1b2c3d4e5", PAST)
    return _opens(w, document, X_Share="a1b2c3d4e5")


@APP.leak(
    "request-key",
    "documents.read",
    " && shares_via_document.token ?= @request.headers.x_share",
    "",
    "A guest opens whatever is shared with a header of his own making.",
)
def guest_makes_a_key(w: World) -> bool:
    document = _document(w)
    _link(w, document, "a1b2c3d4e5")
    return _opens(w, document, X_Share="mine")


@APP.leak(
    "give-away",
    "documents.update",
    "@request.body.owner:changed = false && (owner",
    "(owner",
    "An editor makes himself the owner of a document.",
)
def editor_takes_over(w: World) -> bool:
    editor = w.user("users")
    return editor.update("documents", _document(w, editors=[editor]), owner=editor)


@APP.leak(
    "join",
    "documents.update",
    "@request.body.editors:changed = false && ",
    "",
    "An editor lets friends edit a document of another.",
)
def editor_adds_editor(w: World) -> bool:
    editor, friend = w.user("users"), w.user("users")
    document = _document(w, editors=[editor])
    editor.update("documents", document, None, **{"editors+": friend})
    return friend.sees("documents", document)


@APP.leak(
    "any-vs-all",
    "documents.create",
    "@request.body.readers.org = @request.auth.org",
    "@request.body.readers.org ?= @request.auth.org",
    "A document is shared with a stranger as long as one colleague is among its readers.",
)
def owner_shares_outside(w: World) -> bool:
    org = w.add("orgs", name="o")
    owner, peer = w.user("users", org=org), w.user("users", org=org)
    outsider = w.user("users", org=w.add("orgs", name="p"))
    document = owner.create("documents", owner=owner, title="t", readers=[peer, outsider])
    return document != "" and outsider.sees("documents", document)


@APP.leak(
    "sibling-lacks",
    "comments.read",
    " && document.trashed = ''",
    "",
    "Readers go on reading the comments of a document in the bin.",
)
def reader_reads_comments_in_bin(w: World) -> bool:
    reader = w.user("users")
    document = _document(w, readers=[reader], trashed=PAST)
    return reader.sees("comments", w.add("comments", document=document, author=w.user("users"), text="x"))


@APP.leak(
    "create-or-update",
    "documents.create",
    " && (folder = '' || folder.owner = @request.auth.id)",
    "",
    "A user puts a document into a folder of another, which no update lets him do.",
)
def user_plants_document(w: World) -> bool:
    user, folder = w.user("users"), w.add("folders", owner=w.user("users"), name="f")
    return user.create("documents", owner=user, title="spam", folder=folder) != ""


APP.twin(
    "shares.delete",
    None,
    f"{ME} && document.owner = @request.auth.id",
    "The owner of a document deletes its links.",
)
