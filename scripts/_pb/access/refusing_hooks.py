"""The hooks of this project that run when a record is read or written, and so may refuse it."""

from __future__ import annotations

from pathlib import Path

from _pb.languages.javascript import Source, Span
from pb_common.project import shown
from pb_common.schema_types import Collection

_READING = {"list": ("onRecordsListRequest", "onRecordEnrich"), "view": ("onRecordViewRequest", "onRecordEnrich")}
_EVERY = ("routerUse",)


def hooks_of(collection: Collection, action: str) -> list[str]:
    """Return the hooks that run for an action on a collection, as FILE:LINE NAME; of JavaScript, in pb_hooks."""
    names = {*_READING.get(action, _writing(action)), *_EVERY}
    own = {collection["name"], collection["id"]}
    found = []
    for path in sorted(Path("pb_hooks").glob("*.pb.[jt]s")):
        source = Source(path.read_text("utf-8", "replace"))
        for called, call in source.calls():
            if called.root in names and _is_about(source, call.arguments, own):
                found.append(f"{shown(path)}:{source.line(called.position)} {called.root}")
    return found


def _writing(action: str) -> tuple[str, ...]:
    word = f"onRecord{action.capitalize()}"
    return (f"{word}Request", word, f"{word}Execute", f"{word}Error", "onRecordValidate")


def _is_about(source: Source, arguments: tuple[Span, ...], names: set[str]) -> bool:
    """Tell whether a hook is for these collections: it names one behind the function, or none."""
    tags = [source.literal(span) for span in arguments[1:]]
    return not tags or any(tag is None or tag in names for tag in tags)
