"""A file of the server fetched beside what lies there already: kept parts, folders, refusals."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import broken_servers
import servers
from pb_common import Client, PBConnectionError, PBRequestError, PBUsageError, Settings, fetching
from pb_common.fetching import fetch_file

NAME = "fetched.zip"
pytestmark = pytest.mark.both_ends


@pytest.fixture
def client(server: servers.Server) -> Iterator[Client]:
    with Client(Settings(server.url, servers.EMAIL, servers.PASSWORD, token_cache=False)) as made:
        yield made


@pytest.fixture
def stored(server: servers.Server) -> Path:
    """A file that the server gives out, and where it lies."""
    path = server.project / "pb_data" / "backups" / NAME
    if not path.exists():
        server.request("POST", "/api/backups", {"name": NAME})
    return path


def address(client: Client) -> str:
    return f"/api/backups/{NAME}?token={client.call('POST', '/api/files/token')['token']}"


@pytest.mark.parametrize("surplus", [b"", b"of another file"], ids=["whole", "too long"])
def test_a_kept_part_that_is_whole_is_taken_and_a_longer_one_is_fetched_anew(
    client: Client, stored: Path, tmp_path: Path, surplus: bytes
) -> None:
    part = tmp_path / f".{NAME}.part"
    shutil.copyfile(stored, part)
    with part.open("ab") as stream:
        stream.write(surplus)
    fetched = fetch_file(client, lambda: address(client), tmp_path / NAME)
    assert (tmp_path / NAME).read_bytes() == stored.read_bytes()
    assert fetched.resumed_at == stored.stat().st_size + len(surplus)
    assert not part.exists()


def test_what_cannot_be_written_is_named(client: Client, stored: Path, tmp_path: Path) -> None:
    (tmp_path / NAME).mkdir()
    with pytest.raises(PBUsageError, match=rf"{NAME}' cannot be written") as refused:
        fetch_file(client, lambda: address(client), tmp_path / NAME)
    assert "choose another folder" in str(refused.value.hint)
    with pytest.raises(PBUsageError, match="cannot be written: No such file"):
        fetch_file(client, lambda: address(client), tmp_path / "nowhere" / NAME)


def test_a_refusal_leaves_nothing_and_says_what_the_server_said(client: Client, tmp_path: Path) -> None:
    with pytest.raises(PBRequestError) as refused:
        fetch_file(client, lambda: "/api/files/users/nobody000000000/a.png?token=secret", tmp_path / "a.png")
    assert refused.value.status == 404
    assert "only its record is left" in str(refused.value.hint)
    assert "secret" not in str(refused.value.path)
    assert list(tmp_path.iterdir()) == []


def test_a_refusal_that_is_no_json_is_one_all_the_same(tmp_path: Path) -> None:
    long = b"x" * (1 << 19)
    behaviour = broken_servers.head("HTTP/1.1 502 Bad Gateway", f"Content-Length: {len(long)}", body=long)
    with broken_servers.running(broken_servers.healthy_until("/files/", behaviour)) as server:
        account = Settings(server.url, servers.EMAIL, servers.PASSWORD, token_cache=False)
        with Client(account) as client, pytest.raises(PBRequestError, match="502"):
            fetch_file(client, lambda: "/api/files/a/b/c", tmp_path / "c")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("lines", "body", "written"),
    [
        (["Transfer-Encoding: chunked"], b"3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nEnd: 1\r\n\r\n", b"abcde"),
        (["Content-Length: 5"], b"abcde", b"abcde"),
        (["X-Length: 5"], b"abcde", None),
        (["Transfer-Encoding: chunked"], b"abc\r\n", None),
    ],
    ids=["chunked", "counted", "endless", "cut"],
)
def test_only_an_answer_whose_end_shows_becomes_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lines: list[str], body: bytes, written: bytes | None
) -> None:
    monkeypatch.setattr(fetching, "_PAUSE", 0)
    behaviour = broken_servers.head("HTTP/1.1 200 OK", *lines, body=body)
    with broken_servers.running(broken_servers.healthy_until("/files/", behaviour)) as server:
        account = Settings(server.url, servers.EMAIL, servers.PASSWORD, token_cache=False)
        with Client(account) as client:
            if written is None:
                with pytest.raises(PBConnectionError):
                    fetch_file(client, lambda: "/api/files/a/b/c", tmp_path / "c")
            else:
                fetch_file(client, lambda: "/api/files/a/b/c", tmp_path / "c")
    assert (tmp_path / "c").exists() is (written is not None)
    assert written is None or (tmp_path / "c").read_bytes() == written


def test_a_redirect_of_a_file_is_not_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "_PAUSE", 0)
    with broken_servers.running(broken_servers.html) as elsewhere:
        behaviour = broken_servers.redirect_to(elsewhere.url)
        with broken_servers.running(broken_servers.healthy_until("/files/", behaviour)) as server:
            account = Settings(server.url, servers.EMAIL, servers.PASSWORD, token_cache=False)
            with Client(account) as client, pytest.raises(PBConnectionError, match="was redirected"):
                fetch_file(client, lambda: "/api/files/a/b/c", tmp_path / "c")
        assert elsewhere.received == []
