"""Files that commands write: the mode, links, devices and pipes at their paths."""

from __future__ import annotations

import base64
import contextlib
import os
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

import servers
from _pb.server.binary import _candidates, fetched_folder
from conftest import SCRIPTS, Runner
from pb_common.files import replacing
from pb_common.tokens import cache_folder, load_token, save_token, write_private

pytestmark = [pytest.mark.both_ends, pytest.mark.skipif(sys.platform == "win32", reason="POSIX modes and kinds")]

# The numbers of /dev/null. Only a node of our own is ever written to: wrong code would replace the real one.
_NULL = os.makedev(1, 3) if sys.platform == "linux" else 0
LEGACY = '[{"name":"posts","type":"base","schema":[{"name":"title","type":"text"}]}]'

OUTPUTS = {
    "schema": ("pb_collections.py", "export", "--file"),
    "diagram": ("pb_collections.py", "diagram", "--file"),
    "upgrade": ("pb_collections.py", "upgrade", "--file", "old.json", "--output"),
    "records": ("pb_records.py", "export", "users", "--format", "csv", "--file"),
    "records.gz": ("pb_records.py", "export", "users", "--format", "csv", "--file"),
}


@pytest.fixture(params=list(OUTPUTS))
def write(request: pytest.FixtureRequest, pb: Runner) -> Callable[[Path], None]:
    """A function that has a command write its output to a path; what stands there first is `old`."""
    (pb.folder / "old.json").write_text(LEGACY)
    return lambda path: pb.ok(*OUTPUTS[request.param], str(path))


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def is_new(path: Path) -> bool:
    content = path.read_bytes()
    return len(content) > 3 and content != b"old"


def leftovers(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.name.startswith(".pb-")]


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o755])
def test_a_replaced_file_keeps_its_mode(write: Callable[[Path], None], tmp_path: Path, mode: int) -> None:
    path = tmp_path / "out.csv"
    path.touch()
    path.chmod(mode)
    write(path)
    assert is_new(path)
    assert mode_of(path) == mode
    assert not leftovers(tmp_path)


def test_a_link_stays_and_what_it_leads_to_is_written(write: Callable[[Path], None], tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    target, link = tmp_path / "there" / "target.csv", tmp_path / "out.csv"
    target.touch()
    target.chmod(0o600)
    link.symlink_to(Path("there") / "target.csv")
    write(link)
    assert link.is_symlink()
    assert is_new(target)
    assert mode_of(target) == 0o600
    assert not leftovers(tmp_path)
    assert not leftovers(target.parent)


def test_a_link_that_leads_nowhere_is_written_through(write: Callable[[Path], None], tmp_path: Path) -> None:
    link = tmp_path / "out.csv"
    link.symlink_to("missing.csv")
    write(link)
    assert link.is_symlink()
    assert is_new(tmp_path / "missing.csv")


def test_a_pipe_stays_one_and_its_reader_gets_the_content(write: Callable[[Path], None], tmp_path: Path) -> None:
    pipe = tmp_path / "out.csv"
    os.mkfifo(pipe)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()), daemon=True)
    reader.start()
    write(pipe)
    reader.join(10)
    assert len(read[0]) > 3
    assert stat.S_ISFIFO(pipe.lstat().st_mode)


@pytest.mark.skipif(not _NULL, reason="the device's numbers are those of Linux")
def test_a_device_stays_one(write: Callable[[Path], None], tmp_path: Path) -> None:
    device = tmp_path / "out.csv"
    try:
        os.mknod(device, stat.S_IFCHR | 0o666, _NULL)
        device.write_bytes(b"")
    except PermissionError:
        pytest.skip("only root makes devices, and not on every file system")
    write(device)
    found = device.lstat()
    assert stat.S_ISCHR(found.st_mode)
    assert found.st_rdev == _NULL
    assert not leftovers(tmp_path)


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="no names of open files")
def test_standard_output_by_its_name_is_written_into(pb: Runner, tmp_path: Path) -> None:
    command = [sys.executable, str(SCRIPTS / "pb_collections.py"), "diagram", "--file", "/proc/self/fd/1"]
    with (tmp_path / "both").open("wb") as stream:
        subprocess.run(command, stdout=stream, stderr=subprocess.PIPE, env=pb.env, cwd=pb.folder, check=True)
    both = (tmp_path / "both").read_text()
    assert both.startswith("erDiagram")
    assert '{"success":true' in both


def test_new_records_are_for_their_owner_alone_and_a_new_schema_is_not(pb: Runner, tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        pb.ok("pb_records.py", "export", "users", "--file", "users.csv")
        pb.ok("pb_collections.py", "export", "--file", "schema.json")
    finally:
        os.umask(before)
    assert mode_of(tmp_path / "users.csv") == 0o600
    assert mode_of(tmp_path / "schema.json") == 0o644


def test_rejected_rows_and_checkpoints_are_for_their_owner_alone(pb: Runner, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("email,password\nnobody,secret-password\n")
    (tmp_path / "rows.csv").chmod(0o600)
    result = pb("pb_records.py", "import", "users", "--file", "rows.csv", "--checkpoint", "state")
    assert result.code == 1
    assert mode_of(tmp_path / "rows.rejects.csv") == 0o600
    assert mode_of(tmp_path / "state") == 0o600


def test_a_checkpoint_is_no_pipe(pb: Runner, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("email\na@example.com\n")
    os.mkfifo(tmp_path / "state")
    result = pb("pb_records.py", "import", "users", "--file", "rows.csv", "--checkpoint", "state")
    assert result.code == 2
    assert "no file" in result.message


def test_a_file_that_fails_half_way_is_as_before(tmp_path: Path) -> None:
    path = tmp_path / "out"
    path.write_text("old")
    with contextlib.suppress(KeyboardInterrupt), replacing(path) as stream:
        stream.write(b"half")
        raise KeyboardInterrupt
    assert path.read_text() == "old"
    assert not leftovers(tmp_path)


def test_the_scratch_file_is_unforeseeable_and_private_from_its_first_byte(tmp_path: Path) -> None:
    path = tmp_path / "out"
    names = set()
    for _ in range(2):
        with replacing(path, 0o600):
            (scratch,) = leftovers(tmp_path)
            names.add(scratch)
            assert mode_of(tmp_path / scratch) == 0o600
    assert len(names) == 2
    write_private(path, "new")
    assert mode_of(path) == 0o600


def test_links_in_a_circle_are_an_error(pb: Runner, tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    result = pb("pb_collections.py", "diagram", "--file", "a")
    assert result.code == 2
    assert "'a'" in result.message


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root may give files away")
def test_a_replaced_file_keeps_its_owner(tmp_path: Path) -> None:
    path = tmp_path / "out"
    path.write_text("old")
    os.chown(path, 12345, 12345)
    with replacing(path) as stream:
        stream.write(b"new")
    assert (path.stat().st_uid, path.stat().st_gid) == (12345, 12345)


def test_a_fetched_file_is_never_written_through_a_link_that_waits_at_its_scratch_name(
    own_pb: Runner, own_server: servers.Server, tmp_path: Path
) -> None:
    fields = [{"name": "doc", "type": "file", "maxSelect": 1}]
    own_server.request("POST", "/api/collections", {"name": "papers", "type": "base", "fields": fields})
    (tmp_path / "a.txt").write_text("content")
    record = own_pb.ok("pb_records.py", "create", "papers", "{}", "--upload", "doc=@a.txt")
    victim = tmp_path / "victim"
    victim.write_text("mine")
    (tmp_path / "to").mkdir()
    (tmp_path / "to" / f".{record['doc']}.part").symlink_to(victim)
    (tmp_path / "to" / record["doc"]).symlink_to(tmp_path / "elsewhere")
    own_pb.ok("pb_records.py", "download", "papers", record["id"], "--to", "to")
    assert victim.read_text() == "mine"
    assert (tmp_path / "to" / record["doc"]).is_symlink()
    assert (tmp_path / "elsewhere").read_text() == "content"


def test_caches_that_others_may_write_are_not_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    claims = base64.urlsafe_b64encode(b'{"exp": 9999999999}').decode()
    save_token("http://127.0.0.1:1", "a@example.com", "secret", f"x.{claims}.y")
    assert load_token("http://127.0.0.1:1", "a@example.com", "secret")
    fetched = fetched_folder() / "0.40.6" / "pocketbase"
    fetched.parent.mkdir(parents=True)
    fetched.write_bytes(b"")
    monkeypatch.setenv("PATH", "/nowhere")
    assert _candidates(tmp_path, None) == _candidates(tmp_path, "0.40.6") == [fetched]

    (cache_folder() / "tokens").chmod(0o777)
    fetched.parent.chmod(0o777)
    assert not load_token("http://127.0.0.1:1", "a@example.com", "secret")
    assert _candidates(tmp_path, None) == _candidates(tmp_path, "0.40.6") == []
