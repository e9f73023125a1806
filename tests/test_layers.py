"""Who may import whom, as the page for contributors says it; and a verb is where its name says."""

from __future__ import annotations

import argparse
import ast
import importlib
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from conftest import SCRIPTS

PAGE = SCRIPTS.parent / ".github" / "CONTRIBUTING.md"
LAYERS = re.findall(r"^\d+\. `([\w.]+)`$", PAGE.read_text("utf-8"), re.MULTILINE)
DOORS = sorted(path.stem for path in SCRIPTS.glob("pb_*.py"))
TOP = {*DOORS, "pb", "pb_e2e"}


def module_name(path: Path) -> str:
    """Return how a file of scripts/ is imported."""
    parts = path.relative_to(SCRIPTS).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(text: str, module: str, is_package: bool, modules: set[str]) -> Iterator[str]:
    """Return the modules that a module imports, wherever it does: at its top, in functions, for the types only."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in modules)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = module.split(".")[: len(module.split(".")) - node.level + is_package]
                base = ".".join([*above, *filter(None, [node.module])])
            for alias in node.names:
                inner = f"{base}.{alias.name}"
                if inner in modules:
                    yield inner
                elif base in modules:
                    yield base


@cache
def imports() -> dict[str, set[str]]:
    """Return what each module of scripts/ imports of the others."""
    paths = {module_name(path): path for path in SCRIPTS.rglob("*.py")}
    return {
        module: set(imports_of(path.read_text("utf-8"), module, path.name == "__init__.py", set(paths)))
        for module, path in paths.items()
    }


def package_of(module: str) -> str:
    """Return the layer's name that a module belongs to."""
    parts = module.split(".")
    return ".".join(parts[:2]) if parts[0] == "_pb" else parts[0]


def height(package: str) -> int:
    """Return how far above the ground a package is."""
    return len(LAYERS) if package in TOP or package == "_pb" else LAYERS.index(package)


def circles(graph: dict[str, set[str]]) -> list[list[str]]:
    """Return the groups of modules that reach each other."""
    reached: dict[str, set[str]] = {}
    for start in graph:
        seen: set[str] = set()
        waiting = list(graph[start])
        while waiting:
            module = waiting.pop()
            if module not in seen:
                seen.add(module)
                waiting += graph.get(module, ())
        reached[start] = seen
    together = {tuple(sorted(b for b in reached[a] if a in reached[b])) for a in graph if a in reached[a]}
    return sorted(map(list, together))


def test_every_package_has_its_place_on_the_page() -> None:
    packages = {package_of(module) for module in imports()} - TOP - {"_pb"}
    assert sorted(packages) == sorted(LAYERS)


def test_nothing_imports_upwards() -> None:
    wrong = [
        f"{module} imports {other}"
        for module, others in imports().items()
        for other in others
        if height(package_of(other)) > height(package_of(module))
    ]
    assert wrong == []


def test_no_door_is_imported() -> None:
    assert [module for module, others in imports().items() if others & set(DOORS)] == []


def test_no_modules_import_each_other() -> None:
    assert circles(imports()) == []


def test_arrows_back_and_circles_are_found() -> None:
    modules = {"a", "a.b", "c"}
    text = "from __future__ import annotations\nif TYPE_CHECKING:\n    import c\ndef f():\n    from . import b\n"
    assert set(imports_of(text, "a", True, modules)) == {"c", "a.b"}
    assert set(imports_of("from .b import x", "a.d", False, modules)) == {"a.b"}
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": {"a"}}) == [["b", "c"]]


def verbs() -> list[tuple[str, str]]:
    """Return each verb of each door ("" for a door without verbs), and the function that it names."""
    found = []
    for door in DOORS:
        parser = importlib.import_module(door).build_parser()
        actions = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
        below = actions[0].choices.items() if actions else [("", parser)]
        found += [(name, verb.get_default("verb")) for name, verb in below]
    return found


@pytest.mark.parametrize(("verb", "function"), verbs())
def test_a_verb_is_where_its_name_says(verb: str, function: str) -> None:
    module, _, name = function.partition(":")
    assert callable(getattr(importlib.import_module(module), name))
    assert not verb or verb.replace("-", "_") in [part.rstrip("_") for part in module.split(".")]
