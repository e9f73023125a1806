"""Edits that cannot change what code means: it throws, or is refused, as it stands."""

from __future__ import annotations

import argparse
import codecs
from bisect import bisect_left
from collections.abc import Iterator
from pathlib import Path as File
from typing import NamedTuple

from _pb.languages.javascript import Call, Name, Path, Source
from _pb.languages.javascript_scopes import Scopes
from _pb.languages.spans import replaced
from _pb.lint.scripts import read_scripts, script_paths
from _pb.lint.silence import Silences, of_source
from pb_common import Client, PBUsageError
from pb_common.files import replacing

_APPS = ("$app", "app", "txApp")
_MODELS = {
    **dict.fromkeys(("saveRecord", "saveCollection", "saveAdmin"), "save"),
    **dict.fromkeys(("deleteRecord", "deleteCollection", "deleteAdmin"), "delete"),
}
_MIDDLEWARES = {
    "requireRecordAuth": "requireAuth",
    "requireAdminOrRecordAuth": "requireAuth",
    "requireAdminAuth": "requireSuperuserAuth",
    "requireAdminOrOwnerAuth": "requireSuperuserOrOwnerAuth",
}


class Edit(NamedTuple):
    """A span of a text, what is to stand there, and the kind of finding that it mends."""

    start: int
    end: int
    text: str
    kind: str


def mended(client: Client, args: argparse.Namespace, folder: File, *, deep: bool) -> None:
    """Make the safe edits in the files of a folder where the command wants them (`--fix`), but in no link.

    With --dry-run they are only told. Raises PBUsageError for --dry-run without --fix.
    """
    if not args.fix and args.dry_run:
        raise PBUsageError("--dry-run says what --fix would do.", hint="Add --fix, or leave --dry-run out.")
    for script in read_scripts(script_paths(folder, deep=deep)) if args.fix else ():
        edits = list(_unsilenced(script.source)) if script.source and not script.path.is_symlink() else []
        if not edits or script.source is None:
            continue
        for edit in edits:
            line = script.source.line(edit.start)
            old = script.source.text[edit.start : edit.end]
            way = "would become" if args.dry_run else "became"
            client.warn(f"{script.path}:{line}: {old!r} {way} {edit.text!r} ({edit.kind}).")
        if not args.dry_run:
            _write(script.path, replaced(script.source.text, [edit[:3] for edit in edits]))


def _write(path: File, text: str) -> None:
    with path.open("rb") as before:
        mark = codecs.BOM_UTF8 if before.read(3) == codecs.BOM_UTF8 else b""
    with replacing(path) as stream:
        stream.write(mark + text.encode("utf-8"))


def _unsilenced(source: Source) -> Iterator[Edit]:
    silences = Silences(of_source(source))
    return (edit for edit in safe_edits(source) if not silences.covers(source.line(edit.start), edit.kind))


def safe_edits(source: Source) -> Iterator[Edit]:
    """Yield the edits of a text, none of which overlaps another."""
    scopes = Scopes(source)
    starts = [token.start for token in source.tokens]
    for path in source.paths():
        app = _is_app(source, scopes, path)
        for place, (part, after) in enumerate(zip(path.parts[1:], path.parts[2:]), 1):
            if not isinstance(part, Name) or not isinstance(after, Call):
                continue
            token = bisect_left(starts, part.position)
            if app and place == 1 and part.name == "dao" and not after.arguments:
                end = source.tokens[source.closing(token + 1)].end
                start, dot = source.tokens[token - 2].end, source.tokens[token - 1].start
                yield Edit(dot if source.text[start:dot].strip() else start, end, "", "dao")
            elif app and part.name in _MODELS:
                yield _renamed(part, _MODELS[part.name], "old-method")
        if path.root == "$apis" and path.names[2:3] == ("()",) and path.names[1] in _MIDDLEWARES:
            name = path.parts[1]
            if isinstance(name, Name):
                yield _renamed(name, _MIDDLEWARES[name.name], "old-api")
    for text in source.texts():
        at = text.text.find("@request.data.")
        while at >= 0:
            start = text.start + at
            yield Edit(start, start + len("@request.data"), "@request.body", "request-data")
            at = text.text.find("@request.data.", at + 1)


def _renamed(part: Name, new: str, kind: str) -> Edit:
    return Edit(part.position, part.position + len(part.name), new, kind)


def _is_app(source: Source, scopes: Scopes, path: Path) -> bool:
    """Tell whether a path begins with the app, or with what holds its v0.22 dao."""
    if path.root in _APPS:
        declared = scopes.find(path.root, path.first)
        return declared is None or declared.kind == "parameter"
    declared = scopes.find(path.root, path.first)
    return declared is not None and source.written(declared.value) in ("$app", "$app.dao()", "app.dao()")
