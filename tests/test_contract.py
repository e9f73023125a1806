"""What every script promises: help at each level, one envelope, no effect on import, the standard library only."""

from __future__ import annotations

import argparse
import ast
import importlib
import json
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import pb_common
from conftest import SCRIPTS, Runner

ENTRY_SCRIPTS = sorted(path.name for path in SCRIPTS.glob("pb_*.py") if "def build_parser" in path.read_text("utf-8"))
MODULES = sorted(SCRIPTS.rglob("*.py"))


def module_of(script: str) -> ModuleType:
    return importlib.import_module(script[:-3])


def verb_parsers(script: str) -> dict[str, argparse.ArgumentParser]:
    """Return the parser of each command line of a script, by its words."""
    parser = module_of(script).build_parser()
    verbs = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    return {f"{script} {name}": verb for name, verb in verbs[0].choices.items()} if verbs else {script: parser}


COMMANDS = {words: parser for script in ENTRY_SCRIPTS for words, parser in verb_parsers(script).items()}


def test_the_exported_names() -> None:
    exports = {
        "PB_URL",
        "PB_SUPERUSER_EMAIL",
        "PB_SUPERUSER_PASSWORD",
        "pb_request",
        "pb_authed_request",
        "get_superuser_token",
        "print_result",
        "PBRequestError",
    }
    assert exports <= set(pb_common.__all__)
    for name in pb_common.__all__:
        getattr(pb_common, name)


@pytest.mark.parametrize("script", ENTRY_SCRIPTS)
def test_entry_scripts_run_by_themselves(script: str) -> None:
    text = (SCRIPTS / script).read_text("utf-8")
    assert text.startswith(
        '#!/usr/bin/env python3\n# /// script\n# requires-python = ">=3.9"\n# dependencies = []\n# ///\n'
    )
    assert (SCRIPTS / script).stat().st_mode & 0o111
    assert 'if __name__ == "__main__":\n    sys.exit(main())\n' in text


@pytest.mark.parametrize("words", COMMANDS)
def test_help_explains_itself(words: str) -> None:
    parser = COMMANDS[words]
    text = parser.format_help()
    assert "examples:" in text
    assert "exit codes: 0 done" in text
    for action in parser._actions:
        assert action.help, f"{words}: {action.dest} has no help"


@pytest.mark.parametrize("words", COMMANDS)
def test_examples_are_commands_that_parse(words: str) -> None:
    import shlex

    examples = re.findall(r"^  (.*python3 scripts/.*)$", COMMANDS[words].format_help(), re.MULTILINE)
    assert examples
    for example in examples:
        parts = [part for part in shlex.split(example) if not re.match(r"PB_\w+=", part)]
        assert parts[:1] == ["python3"]
        module_of(Path(parts[1]).name).build_parser().parse_args(parts[2:])


def test_help_is_text_and_exit_0(offline: Runner) -> None:
    for script in ENTRY_SCRIPTS:
        done = offline.raw(script, "--help")
        assert done.returncode == 0
        assert done.stdout.startswith(b"usage: ")


def test_the_envelope(capsys: pytest.CaptureFixture[str]) -> None:
    pb_common.print_result(True, 200, {"a": "ü"})
    assert json.loads(capsys.readouterr().out) == {"success": True, "status": 200, "data": {"a": "ü"}}


@pytest.mark.skipif(sys.version_info < (3, 10), reason="needs sys.stdlib_module_names")
@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SCRIPTS)))
def test_only_the_standard_library_and_ourselves(path: Path) -> None:
    allowed = sys.stdlib_module_names | {entry.stem for entry in SCRIPTS.iterdir()}
    if path.name == "pytest_plugin.py":  # which only pytest itself loads
        allowed |= {"pytest"}
    for node in ast.walk(ast.parse(path.read_text("utf-8"), feature_version=(3, 9))):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names = [node.module or ""]
        for name in names:
            assert name.split(".")[0] in allowed, name


def test_importing_has_no_effect(tmp_path: Path) -> None:
    """No file is read (a broken .env would raise) and the environment stays as it was."""
    (tmp_path / ".env").write_text('PB_URL="unclosed\n', "utf-8")
    modules = ", ".join(path.stem for path in SCRIPTS.glob("pb_*.py"))
    code = f"import os; before = dict(os.environ); import pb_common, {modules}; assert before == dict(os.environ)"
    env = {"PYTHONPATH": str(SCRIPTS)}
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=env, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_command_pays_for_no_import_it_does_not_need(tmp_path: Path) -> None:
    heavy = {"dataclasses", "inspect", "urllib.request", "difflib", "tempfile", "subprocess", "sqlite3", "zipfile"}
    heavy.add("http.client")
    code = (
        "import sys, pb_records\n"
        "pb_records.main(['list', 'x'])\n"
        f"print(sorted({heavy!r} & set(sys.modules)), file=sys.stderr)"
    )
    env = {"PYTHONPATH": str(SCRIPTS), "PB_URL": "http://127.0.0.1:9", "HOME": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=env, capture_output=True, text=True)
    assert done.stderr.strip() == "[]"
