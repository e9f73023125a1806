"""Which files of a folder of hooks are loaded: by PocketBase itself, or by what requires them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from _pb.languages.javascript import Call, Source
from _pb.languages.javascript_tokens import TEMPLATE
from _pb.lint.mistake import Mistake

# Modules of Node that the engine does not have; it has buffer, console, process, url and util.
_OF_NODE = frozenset(
    "fs path http https os crypto child_process net stream zlib events readline dns tls worker_threads"  # noqa: SIM905
    " fs/promises assert querystring timers".split()
)
# Modules of browsers and of Node's newer kind, which the engine does not read.
_OF_BROWSERS = re.compile(r"^(import|export)\b", re.MULTILINE)
_OF_HOOKS = re.compile(r"`\$\{__hooks\}/([\w./@-]+)`")


def is_loaded(path: Path, folder: Path) -> bool:
    """Tell whether PocketBase loads a file by itself."""
    return path.parent == folder and path.name.endswith((".pb.js", ".pb.ts"))


class Required:
    """What the files of a folder require, as far as the text of each call tells."""

    def __init__(self, sources: Iterable[Source]) -> None:
        self._endings: set[str] = set()
        self._anything = False
        for source in sources:
            if "require" in source.text:
                self._read(source)

    def _read(self, source: Source) -> None:
        for path in source.paths():
            call = path.parts[1] if path.root == "require" and len(path.parts) > 1 else None
            if not isinstance(call, Call) or not call.arguments:
                continue
            texts = list(source.texts(call.arguments[0]))
            piece = texts[-1].text.strip("\"'`}${") if texts else ""
            if texts and texts[-1].kind == TEMPLATE and texts[-1].text.endswith("${"):
                piece = ""
            ending = re.sub(r"^[./]+", "", piece)
            self._anything = self._anything or not ending
            self._endings.add(re.sub(r"\.(js|ts|json)$", "", ending))

    def holds(self, path: Path, folder: Path, text: str) -> bool:
        """Tell whether a file is required, or may be: not all calls tell what they require, and the engine reads it."""
        name = path.relative_to(folder).as_posix()
        plain = re.sub(r"\.(js|ts)$", "", name)
        names = {plain, plain[: -len("/index")] if plain.endswith("/index") else plain}
        return (self._anything and not _OF_BROWSERS.search(text)) or any(
            one == ending or one.endswith("/" + ending) or ending.endswith("/" + one)
            for one in names
            for ending in self._endings
        )


def missing_modules(source: Source, hooks: Path, *, is_module: bool) -> Iterator[Mistake]:
    """Yield what a file requires that is not there: files below the folder of hooks, and modules of Node."""
    for path in source.paths() if "require" in source.text else ():
        call = path.parts[1] if path.root == "require" and len(path.parts) > 1 else None
        span = call.arguments[0] if isinstance(call, Call) and call.arguments else None
        if span is None:
            continue
        text = source.literal(span) or ""
        packages = (folder / "node_modules" / text for folder in (hooks, *hooks.parents))
        if text in _OF_NODE and not any(package.exists() for package in packages):
            message = f"The engine has no module {text!r}: it throws where it is required."
            fix = "Use $os, $http, $security, $filesystem and their sisters."
            yield Mistake("no-module", path.position, message, fix)
        if re.match(r"\.\.?/", text) and not is_module:
            message = f"A file of hooks finds nothing beside itself: {text!r} throws where it is required."
            yield Mistake("no-module", path.position, message, "Write require(`${__hooks}/NAME.js`).")
        inside = _OF_HOOKS.fullmatch(source.written(span))
        if inside and hooks.is_dir() and not _is_module(hooks / inside[1]):
            message = f"There is no {inside[1]} in {hooks.name}: it throws where it is required."
            yield Mistake("no-module", path.position, message, "Mend the name, or add the file.")


def _is_module(path: Path) -> bool:
    beside = (path.with_name(path.name + ending) for ending in ("", ".js", ".json"))
    return any(one.is_file() for one in (*beside, path / "index.js", path / "package.json"))
