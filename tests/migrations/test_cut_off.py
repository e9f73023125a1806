"""Changes whose end nobody saw: an answer that a gateway swallowed, and what the next command does with the rest."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Callable

import pytest
from test_migration_places import NOTES, applied, files, runner

import servers
from _pb.migrations.intent import read_intent
from _pb.migrations.write import Kept, begin
from broken_servers import answering, first, never, relay, running
from conftest import SCRIPTS, Runner, credentials
from pb_common import Client, Settings

pytestmark = pytest.mark.both_ends


@pytest.fixture
def pb(own_server: servers.Server, monkeypatch: pytest.MonkeyPatch) -> Runner:
    monkeypatch.chdir(own_server.project)
    return runner(own_server, own_server.project)


def cut_off(server: servers.Server, name: str) -> Kept:
    """Leave what a command leaves that is killed once the server has made a collection."""
    with Client(Settings(server.url, servers.EMAIL, servers.PASSWORD, token_cache=False)) as client:
        kept = begin(client, server.collections(), f"create {name}")
    assert kept
    assert server.request("POST", "/api/collections", {"name": name, "type": "base"})[0] == 200
    return kept


@pytest.mark.parametrize(
    ("status", "method", "words"),
    [
        (502, "DELETE", ["delete", "users"]),
        (503, "PUT", ["import", f"[{NOTES}]"]),
        (504, "PATCH", ["set-rule", "users", "list", "--locked"]),
    ],
)
def test_a_change_is_kept_whose_answer_comes_from_a_gateway(
    own_server: servers.Server, pb: Runner, status: int, method: str, words: list[str]
) -> None:
    trouble = first(1, method, "/api/collections", answering(status))
    with running(relay(own_server.port, never, trouble)) as proxy:
        done = pb("pb_collections.py", *words, env={**credentials(proxy.url)})
    assert done.code == 0, done
    assert len(files(own_server.project)) == 1
    assert applied(own_server) == files(own_server.project)


def test_a_gateways_refusal_does_not_prove_that_nothing_will_be_changed(own_server: servers.Server, pb: Runner) -> None:
    trouble = first(1, "PUT", "/api/collections", answering(503))
    with running(relay(own_server.port, trouble, never)) as proxy:
        done = pb("pb_collections.py", "import", f"[{NOTES}]", env={**credentials(proxy.url)})
    assert done.code == 1
    assert done.document["status"] == 503
    assert "not known" in done.hint
    assert "Nothing was changed" not in done.hint
    assert files(own_server.project) == []
    refused = pb("pb_collections.py", "create", NOTES)
    assert refused.code == 4
    assert "may still be carried out" in refused.message
    place = own_server.project / "pb_data" / "schema_change.json"
    left = json.loads(place.read_text("utf-8"))
    left["unanswered"]["sent"] -= 3600
    place.write_text(json.dumps(left), "utf-8")
    done = pb("pb_collections.py", "create", NOTES)
    assert done.code == 0
    assert "was not carried out" in " ".join(done.document["warnings"])


SLOW = """onCollectionUpdateRequest((e) => {
  if (e.collection.name === "users") {
    $os.writeFile(`${__hooks}/../begun`, "", 0o644)
    sleep(8000)
  }
  return OUTCOME
})"""


@pytest.fixture
def start_slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], tuple[servers.Server, Runner]]]:
    """A function that starts a server whose hook takes eight seconds and then ends as it is told."""
    with servers.Server(servers.DEFAULT_VERSION) as server:

        def start(outcome: str) -> tuple[servers.Server, Runner]:
            server.stop()
            hooks = server.project / "pb_hooks"
            hooks.mkdir(exist_ok=True)
            (hooks / "slow.pb.js").write_text(SLOW.replace("OUTCOME", outcome), "utf-8")
            server.start()
            monkeypatch.chdir(server.project)
            return server, runner(server, server.project)

        yield start


@pytest.mark.parametrize(("outcome", "made"), [("e.next()", 2), ('e.badRequestError("late", null)', 1)])
def test_a_change_that_comes_late_is_waited_for(
    start_slow: Callable[[str], tuple[servers.Server, Runner]], outcome: str, made: int
) -> None:
    server, pb = start_slow(outcome)
    quick = {**credentials(server.url), "PB_TIMEOUT": "1", "PB_SUPERUSER_TOKEN": server.token()}
    done = pb("pb_collections.py", "set-rule", "users", "list", "--locked", env={**quick})
    assert done.code == 3
    assert "not known" in done.hint
    assert "Nothing was changed" not in done.message + done.hint
    deadline = time.monotonic() + 30
    while (done := pb("pb_collections.py", "create", NOTES)).code == 4 and time.monotonic() < deadline:
        time.sleep(0.5)
    assert done.code == 0, done
    assert len(files(server.project)) == made
    assert applied(server) == files(server.project)


def test_an_interrupted_change_that_comes_late_is_not_called_nothing(
    start_slow: Callable[[str], tuple[servers.Server, Runner]],
) -> None:
    server, pb = start_slow("e.next()")
    command = [sys.executable, str(SCRIPTS / "pb_collections.py"), "set-rule", "users", "list", "--locked"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=server.project, env=pb.env)
    deadline = time.monotonic() + 60
    while not (server.project / "begun").exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    process.terminate()
    printed = process.communicate()[0].decode()
    assert process.returncode == 130
    assert "Nothing was changed" not in printed


@pytest.mark.parametrize("status", [400, 500])
def test_a_change_is_kept_that_was_made_and_answered_with_an_error(
    own_server: servers.Server, pb: Runner, status: int
) -> None:
    trouble = first(1, "PATCH", "/api/collections", answering(status))
    with running(relay(own_server.port, never, trouble)) as proxy:
        done = pb("pb_collections.py", "set-rule", "users", "list", "--locked", env={**credentials(proxy.url)})
    assert done.code == 0, done
    assert done.document["status"] == 200
    assert f"although the server answered with HTTP {status}" in " ".join(done.document["warnings"])
    assert len(files(own_server.project)) == 1
    assert applied(own_server) == files(own_server.project)


@pytest.mark.parametrize(
    "words",
    [
        ["pb_collections.py", "migrations", "status"],
        ["pb_collections.py", "migrations", "check"],
        ["pb_collections.py", "plan", '[{"name":"users"}]'],
        ["pb_collections.py", "import", '[{"name":"users"}]'],
        ["pb_collections.py", "set-rule", "users", "list", "--locked"],
        ["pb_server.py", "up"],
    ],
    ids=" ".join,
)
def test_the_next_command_keeps_a_change_that_was_cut_off(
    own_server: servers.Server, pb: Runner, words: list[str]
) -> None:
    kept = cut_off(own_server, "cut")
    binary = ["--binary", str(servers.binary(own_server.version))] if "check" in words else []
    done = pb(*words, *binary)
    assert done.code == 0, done
    [path, *_] = files(own_server.project)
    assert path.endswith("_create_cut.js")
    assert f"A change was cut off earlier (create cut). Commit pb_migrations/{path}." in " ".join(
        done.document["warnings"]
    )
    assert applied(own_server) == files(own_server.project)
    assert read_intent(kept.home) is None
    own_server.stop()
    own_server.start()


def test_a_change_is_not_told_from_migrations_that_came_later(own_server: servers.Server, pb: Runner) -> None:
    cut_off(own_server, "cut")
    own_server.stop()
    text = 'migrate((app) => app.save(new Collection({type: "base", name: "later"})), (app) => {})'
    (own_server.project / "pb_migrations" / "9000000000_later.js").write_text(text, "utf-8")
    own_server.start()
    done = pb("pb_collections.py", "migrations", "status", "--binary", str(servers.binary(own_server.version)))
    assert "migrations status" in " ".join(done.document["warnings"])
    assert done.code == 0
    assert done.data["drift"] == []
    assert [name.partition("_")[2] for name in files(own_server.project)] == ["created_cut.js", "later.js"]


def test_a_change_that_was_undone_by_a_restored_backup_is_forgotten(own_server: servers.Server, pb: Runner) -> None:
    kept = cut_off(own_server, "cut")
    assert own_server.request("DELETE", "/api/collections/cut")[0] == 204
    done = pb("pb_collections.py", "migrations", "status")
    assert not [sentence for sentence in done.document["warnings"] if "cut off" in sentence]
    assert read_intent(kept.home) is None
    assert len(files(own_server.project)) == 2
    assert applied(own_server) == files(own_server.project)


def test_an_intent_that_cannot_be_read_is_named(own_server: servers.Server, pb: Runner) -> None:
    place = own_server.project / "pb_data" / "schema_change.json"
    place.write_text('{"description":', "utf-8")
    before: Any = own_server.collections()
    done = pb("pb_collections.py", "create", NOTES)
    assert done.code == 1
    assert str(Path("pb_data") / place.name) in done.message
    assert "Delete it" in done.hint
    assert own_server.collections() == before
    planned = pb("pb_collections.py", "plan", '[{"name":"users"}]')
    assert planned.code == 0
    assert place.name in " ".join(planned.document["warnings"])


def test_what_cannot_be_settled_now_is_settled_later(own_server: servers.Server, pb: Runner) -> None:
    cut_off(own_server, "cut")
    place, away = own_server.project / "pb_migrations", own_server.project / "away"
    place.rename(away)
    place.touch()
    before = own_server.collections()
    refused = pb("pb_collections.py", "create", NOTES)
    assert refused.code in (1, 2)
    assert "pb_migrations" in refused.message + refused.hint
    assert [item["name"] for item in own_server.collections()] == [item["name"] for item in before]
    place.unlink()
    away.rename(place)
    pb.ok("pb_collections.py", "create", NOTES)
    assert [name.partition("_")[2] for name in files(own_server.project)] == ["create_cut.js", "create_notes.js"]


def test_what_nobody_knows_of_a_change_is_said(own_server: servers.Server, pb: Runner) -> None:
    with running(
        relay(own_server.port, never, lambda request: answering(503) if request.method != "GET" else None)
    ) as proxy:
        pb.ok("pb_auth.py")
        token = {**credentials(proxy.url), "PB_SUPERUSER_TOKEN": own_server.token(), "PB_TIMEOUT": "1"}
        done = pb("pb_collections.py", "import", f"[{NOTES}]", env={**token})
    assert done.code == 1
    assert "Whether the change was carried out is not known" in done.hint
    assert files(own_server.project) == []
    pb.ok("pb_collections.py", "migrations", "status")
    assert [name.partition("_")[2] for name in files(own_server.project)] == ["import_notes.js"]
