"""`pb`: the scripts under one name, and what a shell completes of them."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from subprocess import PIPE, STDOUT

import pytest

import servers
from conftest import SCRIPTS, Runner

pytestmark = pytest.mark.both_ends


def candidates(runner: Runner, *words: str) -> list[str]:
    done = runner.raw("pb.py", "complete", "--", *words)
    assert done.returncode == 0, done
    return [line.partition("\t")[0] for line in done.stdout.decode("utf-8").splitlines()]


def test_pb_is_the_script_and_tells_commands_as_it_is_called(pb: Runner) -> None:
    assert pb.ok("pb.py", "records", "count", "users") == pb.ok("pb_records.py", "count", "users")
    missing = pb("pb.py", "records", "first", "users", 'id = "nosuch"')
    assert missing.code == 1
    assert f"{SCRIPTS / 'pb.py'} records list users --perPage 3" in missing.hint.replace('"', "")
    assert pb("pb.py", "recrods", "list").hint.startswith("Did you mean 'records'?")
    hints = {verb: pb("pb.py", verb).hint for verb in ("up", "plan", "list", "matrix", "start")}
    wanted = ("server up", "collections plan", "records list", "access matrix", "server up")
    assert [words for words, hint in zip(wanted, hints.values()) if words not in hint] == []
    assert "There is no file nowhere.json here" in pb("pb.py", "collections", "plan", "nowhere.json").hint


def test_verbs_options_collections_and_fields_are_completed(pb: Runner, server: servers.Server) -> None:
    server.request("POST", "/api/collections", {"name": "completed", "fields": [{"name": "headline", "type": "text"}]})
    assert candidates(pb, "rec") == ["records"]
    assert candidates(pb, "records", "li") == ["list"]
    assert candidates(pb, "collections", "migrations", "st") == ["status"]
    assert candidates(pb, "records", "list", "users", "--perP") == ["--perPage"]
    assert "completed" in candidates(pb, "records", "list", "")
    assert candidates(pb, "records", "list", "completed", "--sort", "") == ["id", "headline"]
    assert candidates(pb, "collections", "set-rule", "completed", "cr") == ["create"]
    assert candidates(pb, "records", "list", "users", "--format", "t") == ["table"]


def test_no_server_no_credentials_and_odd_words_complete_nothing_and_do_not_fail(offline: Runner) -> None:
    assert [word for word in candidates(offline, "records", "list", "") if not word.startswith("-")] == []
    assert candidates(offline, "nosuch", "") == []
    assert candidates(offline, "records", "nosuch", "x", "") == []


def in_shell(pb: Runner, *command: str) -> str:
    """Run a shell that finds `pb` and return what it printed, complaints among it."""
    (pb.folder / "pb").write_text(f'#!/bin/sh\nexec "{sys.executable}" "{SCRIPTS / "pb.py"}" "$@"\n', "utf-8")
    (pb.folder / "pb").chmod(0o755)
    env = {**pb.env, "PATH": f"{pb.folder}:{pb.env['PATH']}", "TERM": "xterm"}
    done = subprocess.run(command, env=env, stdout=PIPE, stderr=STDOUT, text=True, cwd=pb.folder, timeout=120)
    return done.stdout


@pytest.mark.skipif(not shutil.which("bash"), reason="needs bash")
def test_bash_completes(pb: Runner, server: servers.Server) -> None:
    lines = [
        'eval "$(pb completion bash)"',
        "COMP_WORDS=(pb records list use) COMP_CWORD=3",
        '_pb; printf "%s\\n" "${COMPREPLY[@]}"',
    ]
    assert in_shell(pb, "bash", "-c", "\n".join(lines)) == "users\n"


@pytest.mark.skipif(not shutil.which("fish"), reason="needs fish")
def test_fish_completes(pb: Runner, server: servers.Server) -> None:
    lines = ["pb completion fish | source", 'complete -C "pb rec"', 'complete -C "pb records list use"']
    printed = in_shell(pb, "fish", "-c", "; ".join(lines))
    assert [line.partition("\t")[0] for line in printed.splitlines()] == ["records", "users"]


@pytest.mark.skipif(not shutil.which("zsh"), reason="needs zsh")
def test_zsh_completes(pb: Runner, server: servers.Server) -> None:
    lines = [
        "zmodload zsh/zpty",
        "zpty typist zsh -f -i",
        "zpty -w typist 'autoload -Uz compinit && compinit -u -D; source <(pb completion zsh); print re''ady'",
        "zpty -r typist printed '*ready*'",
        "zpty -w -n typist $'pb rec\\tli\\tuse\\t --perP\\t 1 > found; exit\\n'",
        "while zpty -r typist printed; do print -r -- $printed; done",
    ]
    in_shell(pb, "zsh", "-f", "-c", "\n".join(lines))
    assert json.loads((pb.folder / "found").read_text("utf-8"))["data"]["perPage"] == 1


def test_each_shell_gets_its_lines(offline: Runner) -> None:
    for shell in ("bash", "zsh", "fish"):
        assert b"pb complete -- " in offline.raw("pb.py", "completion", shell).stdout
    assert json.loads(offline.raw("pb.py", "completion", "csh").stdout)["code"] == "wrong_command_line"
