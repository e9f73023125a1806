"""Releases that cannot be had: what is wrong with the host, the archive, the platform or the folder is named."""

from __future__ import annotations

import io
import platform
import zipfile
from hashlib import sha256
from pathlib import Path

import pytest

import broken_servers
import servers
from _pb.server.binary import fetched_folder
from _pb.server.download import fetch_binary, platform_name, release_url
from conftest import Runner
from pb_common import PBError

NOT_THIS = b"#!/bin/sh\necho 'pocketbase version 0.36.9'\n"


@pytest.fixture(autouse=True)
def cut_off(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An empty cache, and no index that pip could take the package from."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{servers.free_port()}")
    monkeypatch.setenv("PIP_RETRIES", "0")


def zipped(name: str, content: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as bundle:
        bundle.writestr(name, content)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("archive", "wanted", "said"),
    [
        (zipped(servers.EXECUTABLE, NOT_THIS), "0.40.6", "reports version 0.36.9"),
        (zipped("README.md", NOT_THIS), "0.40.6", f"holds no {servers.EXECUTABLE}"),
        (b"no zip", "0.40.6", f"holds no {servers.EXECUTABLE}"),
        (None, "0.40.6", "is missing"),
        (b"no redirect", None, "it names no latest release"),
    ],
)
def test_a_release_that_holds_something_else_is_not_kept(archive: bytes | None, wanted: str | None, said: str) -> None:
    name = f"pocketbase_{wanted}_{platform_name()}.zip"

    def behave(handler: broken_servers.Handler) -> None:
        if handler.path.endswith("checksums.txt"):
            handler.answer(200, f"{sha256(archive or b'').hexdigest()}  {name}\n".encode(), "text/plain")
        elif handler.path.endswith(".zip") and archive is not None:
            handler.answer(200, archive, "application/zip")
        else:
            handler.answer(404, b"", "text/plain")

    with broken_servers.running(behave) as host, pytest.raises(PBError) as raised:
        fetch_binary(wanted, host.url)
    assert said in f"{raised.value} {raised.value.data}"
    assert not list(fetched_folder().glob("[0-9]*"))


def test_a_host_that_fails_is_passed_over_with_its_reason() -> None:
    def failing(handler: broken_servers.Handler) -> None:
        handler.answer(502, b"Bad Gateway", "text/plain")

    def silent(handler: broken_servers.Handler) -> None:
        handler.close_connection = True

    for behave, said in ((failing, "HTTP 502"), (silent, "closed connection")):
        with broken_servers.running(behave) as host, pytest.raises(PBError) as raised:
            fetch_binary("0.40.6", host.url)
        assert said in str(raised.value.data["release"])


def test_a_folder_that_cannot_hold_it_and_a_platform_without_releases_are_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "cache").write_text("a file")
    with pytest.raises(PBError, match="cannot be kept in"):
        fetch_binary("0.40.6", "http://127.0.0.1:1")
    monkeypatch.setattr(platform, "machine", lambda: "mips")
    with pytest.raises(PBError, match=r"no release for .* on mips"):
        platform_name()
    for wrong in ("ftp://example.com", "https://me@example.com/x", "https://example.com/?a=b"):
        with pytest.raises(PBError, match="PB_RELEASE_URL"):
            release_url({"PB_RELEASE_URL": wrong})


@pytest.mark.parametrize(
    ("account", "said"),
    [
        ({"PB_SUPERUSER_EMAIL": "no address", "PB_SUPERUSER_PASSWORD": "long-enough-1"}, "'no address'"),
        ({"PB_SUPERUSER_EMAIL": "a@example.com", "PB_SUPERUSER_PASSWORD": "short"}, "refuses the superuser"),
    ],
)
@pytest.mark.both_ends
def test_a_superuser_that_pocketbase_refuses(offline: Runner, account: dict[str, str], said: str, version: str) -> None:
    binary = str(servers.binary(version))
    refused = offline("pb_server.py", "up", "--binary", binary, env={**account, "PB_SUPERUSER_TOKEN": None})
    assert (refused.code, said in refused.message) == (2, True), refused.document
    assert "PB_SUPERUSER" in refused.hint
