"""The text of a scaffolded test file."""

from __future__ import annotations

import keyword
import re
import textwrap
from pathlib import Path

from _pb.access.readings import RULES
from _pb.schema.lookup import rule_of
from _pb.testing.scaffold.trial import Test
from pb_common.schema_types import Collection

_WIDTH = 120
_HELPERS = (
    "AccessTest",
    "assert_allowed",
    "assert_cannot_change",
    "assert_cascades",
    "assert_denied",
    "assert_field_hidden",
    "assert_hidden",
    "assert_spoof_rejected",
    "assert_status",
    "assert_superuser_only",
    "run_tests",
)
_HEAD = '''"""Access tests: who may do what with each collection, on a real PocketBase.

    python3 {name}                  on a throwaway server; a word runs the tests whose name has it
    PB_URL=URL python3 {name}       on that server, cleaned up afterwards

`alices` and `bobs` are two strangers' worlds: alices.make("posts") makes a record of alice's, its relations lead to her
or to what is hers. Each expectation is what the server did when this file was made, except where a comment says "leak".
"""

from __future__ import annotations

import sys
from pathlib import Path
{path}
from pb_e2e_helpers import (
{imports}
)


class Project(AccessTest):
    """The project's server: {server}."""

    project = Path(__file__).parent
{settings}'''


def render(name: str, classes: list[str], settings: list[str], server: str, scripts: str) -> str:
    """Return the whole file; `settings` are lines for the base class, `scripts` the way to the helpers, if known."""
    body = "\n\n\n".join(classes)
    used = [helper for helper in _HELPERS if re.search(rf"\b{helper}\b", body) or helper in ("AccessTest", "run_tests")]
    path = f"\nsys.path.append(str(Path(__file__).parent / {scripts!r}))\n" if scripts else ""
    head = _HEAD.format(
        name=name,
        path=path,
        imports="\n".join(f"    {helper}," for helper in used),
        server=server,
        settings="".join(f"    {line}\n" for line in settings),
    )
    return f'{head}\n\n{body}\n\n\nif __name__ == "__main__":\n    sys.exit(run_tests())\n'


def render_class(item: Collection, setup: list[str], tests: list[Test], unproven: list[str]) -> str:
    """Return the test class of a collection; `unproven` are the rules that nobody was seen to pass."""
    notes = dict.fromkeys(unproven, " (nobody was seen to pass it: being denied proves nothing)")
    rules = "\n".join(_rule(rule, _shown(rule_of(item, rule)) + notes.get(rule, "")) for rule in RULES if rule in item)
    lines = [f"class {class_name(item['name'])}(Project):", f'    """{item["name"]}', "", rules, '    """', ""]
    if item["type"] == "auth":
        lines += ["    def setUp(self):", *_indented(["super().setUp()", *setup])]
    else:
        own = [line.replace("self.", "cls.") for line in setup]
        lines += ["    @classmethod", "    def setUpClass(cls):", *_indented(["super().setUpClass()", *own])]
    return "\n".join([*lines, *_methods(tests)])


def render_routes(setup: list[str], tests: list[Test]) -> str:
    """Return the test class of the custom routes."""
    own = [line.replace("self.", "cls.") for line in setup]
    lines = ["class CustomRoutes(Project):", "    @classmethod", "    def setUpClass(cls):"]
    return "\n".join([*lines, *_indented(["super().setUpClass()", *own]), *_methods(tests)])


def class_name(text: str) -> str:
    """Return a name in words as the name of a class."""
    name = "".join(part[:1].upper() + part[1:] for part in re.split(r"\W|_", text))
    return f"Collection{name}" if not name[:1].isalpha() or name == "Project" else name


def _methods(tests: list[Test]) -> list[str]:
    lines: list[str] = []
    taken: set[str] = set()
    for test in tests:
        if not any(line.code for line in test.lines):
            continue
        name = "test_" + re.sub(r"\W+", "_", test.name).strip("_")
        while name in taken or keyword.iskeyword(name):
            name += "_too"
        taken.add(name)
        statements = [*test.setup, *(text for line in test.lines for text in line.text())]
        if not any("record" in line.code for line in test.lines):
            statements = [line for line in statements if not line.startswith("record = ")]
        lines += ["", f"    def {name}(self):", *_indented(statements)]
    return lines


def _indented(lines: list[str]) -> list[str]:
    return [part for line in lines for part in wrapped(f"        {line}")]


def wrapped(line: str) -> list[str]:
    """Return a line as the lines that a formatter makes of it: a call that is too long has its arguments below."""
    indent = " " * (len(line) - len(line.lstrip()))
    opening = _opening(line)
    if len(line) <= _WIDTH or opening < 0 or line.lstrip().startswith("#"):
        return [line]
    inner = f"{indent}    {line[opening + 1 : -1]}"
    if len(inner) <= _WIDTH:
        return [line[: opening + 1], inner, f"{indent})"]
    arguments = [wrapped(f"{indent}    {one}") for one in _arguments(inner.strip())]
    ends = [part for *parts, last in arguments for part in (*parts, f"{last},")]
    return [line[: opening + 1], *ends, f"{indent})"]


def _opening(line: str) -> int:
    """Return where the call opens that ends with the line, -1 if none does."""
    depths = _depths(line)
    if not line.endswith(")"):
        return -1
    return next((at for at in range(len(line)) if line[at] == "(" and min(depths[at:-1]) > 0 == depths[-1]), -1)


def _arguments(text: str) -> list[str]:
    """Return the arguments of a call, split at the commas between them."""
    depths, found, start = _depths(text), [], 0
    for at, character in enumerate(text):
        if character == "," and depths[at] == 0:
            found.append(text[start:at].strip())
            start = at + 1
    return [*found, text[start:].strip()]


def _depths(text: str) -> list[int]:
    """Return in how many brackets each character is; brackets in strings are none."""
    depths, depth = [], 0
    strings = [match.span() for match in re.finditer(r'"(?:[^"\\]|\\.)*"', text)]
    inside = {at for start, end in strings for at in range(start, end)}
    for at, character in enumerate(text):
        if at not in inside:
            depth += (character in "([{") - (character in ")]}")
        depths.append(depth)
    return depths


def _rule(key: str, text: str) -> str:
    """Return a rule as it stands in a docstring, in several lines where it is long."""
    lines = textwrap.wrap(text, _WIDTH - 15, break_long_words=False, break_on_hyphens=False)
    return "\n".join(f"    {key if at == 0 else '':10} {line}" for at, line in enumerate(lines))


def _shown(rule: str | None) -> str:
    text = "null (superusers only)" if rule is None else " ".join(rule.split()) or '"" (anyone)'
    return text.replace("\\", "\\\\").replace('"""', "'''")


def relative_scripts(target: Path) -> str:
    """Return the way from a test file to the helpers if they are in the same project, else ""."""
    scripts = Path(__file__).resolve().parents[3]
    try:
        return scripts.relative_to(target.resolve().parent).as_posix()
    except ValueError:
        return ""
