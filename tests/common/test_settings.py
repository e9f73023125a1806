"""The settings: what people write into .env files, where the file is found, and what wins."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from _pb.server.layout import Project
from conftest import Runner
from pb_common import PBRefused, PBUsageError, load_settings
from pb_common.settings import parse_env


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("PB_X=plain", "plain"),
        ("export PB_X=exported", "exported"),
        ("  PB_X = spaces around  ", "spaces around"),
        ("PB_X='single # quoted'", "single # quoted"),
        ('PB_X="double # quoted"', "double # quoted"),
        ('PB_X="a \\"quote\\" and \\\\ and \\n"', 'a "quote" and \\ and \n'),
        ("PB_X='back\\slash'", "back\\slash"),
        ("PB_X=value # comment", "value"),
        ("PB_X=pass#word", "pass#word"),
        ("PB_X='quoted' # comment", "quoted"),
        ("PB_X=a=b==", "a=b=="),
        ("PB_X=", ""),
        ("PB_X=   # only a comment", ""),
        ("PB_X=''", ""),
        ("PB_X=crlf\r\nPB_Y=next\r\n", "crlf"),
        ("\ufeffPB_X=after a byte-order mark", "after a byte-order mark"),
        ("# PB_X=commented out\nPB_X=real", "real"),
        ("PB_X=first\nPB_X=last", "last"),
        ("PB_X=$(touch pwned)`id`$HOME", "$(touch pwned)`id`$HOME"),
    ],
)
def test_what_people_write(text: str, value: str) -> None:
    assert parse_env(text)["PB_X"] == value


def test_only_our_keys_count() -> None:
    text = (
        "PATH=/nowhere\nHTTP_PROXY=http://evil\nAPB_X=1\nexport LD_PRELOAD=x\nnot a line\nPB_URL=http://127.0.0.1:1\n"
    )
    assert parse_env(text) == {"PB_URL": "http://127.0.0.1:1"}


@pytest.mark.parametrize("text", ['PB_X="open', "PB_X='open", 'PB_A=1\nPB_X="open\\"'])
def test_an_open_quote_names_the_line(text: str) -> None:
    with pytest.raises(PBUsageError, match=rf"line {text.count(chr(10)) + 1} \(PB_X\)"):
        parse_env(text)


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00")))
def test_no_text_breaks_the_reader(text: str) -> None:
    try:
        values = parse_env(text)
    except PBUsageError:
        return
    assert all(key.startswith("PB_") for key in values)


@given(
    st.lists(
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00")),
        min_size=1,
        max_size=4,
    )
)
def test_what_up_writes_is_read_back(tmp_path_factory: pytest.TempPathFactory, values: list[str]) -> None:
    project = Project(tmp_path_factory.mktemp("project"))
    wanted = {f"PB_{number}": value for number, value in enumerate(values)}
    project.add_env(wanted)
    with project.env.open(encoding="utf-8", newline="") as stream:
        assert parse_env(stream.read()) == wanted


def test_the_nearest_file_counts_and_the_environment_wins(tmp_path: Path) -> None:
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    (tmp_path / ".env").write_text("PB_URL=http://127.0.0.1:1\nPB_SUPERUSER_EMAIL=far@example.com\n", "utf-8")
    assert load_settings({}, deep).url == "http://127.0.0.1:1"
    (tmp_path / "a" / ".env").write_text("PB_URL=http://127.0.0.1:2\n", "utf-8")
    settings = load_settings({}, deep)
    assert (settings.url, settings.email) == ("http://127.0.0.1:2", "")
    assert settings.env_file == tmp_path / "a" / ".env"
    assert load_settings({"PB_URL": "http://127.0.0.1:3/"}, deep).url == "http://127.0.0.1:3"
    assert load_settings({"PB_URL": ""}, tmp_path / "a").url == "http://127.0.0.1:8090"


def test_the_defaults(tmp_path: Path) -> None:
    settings = load_settings({}, tmp_path)
    assert (settings.url, settings.timeout, settings.token_cache) == ("http://127.0.0.1:8090", 30, True)
    assert not load_settings({"PB_TOKEN_CACHE": "0"}, tmp_path).token_cache


def test_an_env_file_changes_nothing_else(offline: Runner) -> None:
    """Proxies and interpreter settings in .env have no effect."""
    (offline.folder / ".env").write_text("HTTP_PROXY=http://127.0.0.1:1\nPYTHONSTARTUP=x\nPB_TIMEOUT=1\n", "utf-8")
    result = offline("pb_records.py", "list", "users")
    assert offline.env["PB_URL"] in result.message


def test_an_env_file_that_cannot_be_read(offline: Runner) -> None:
    (offline.folder / ".env").write_bytes(b"PB_URL=http://127.0.0.1\nPB_SUPERUSER_PASSWORD=\xff\n")
    result = offline("pb_health.py")
    assert result.code == 2
    assert "byte 46" in result.message


def test_only_our_lines_have_to_be_utf_8(tmp_path: Path) -> None:
    env = tmp_path / ".env"
    env.write_bytes(b"OTHER=caf\xe9\nPB_TIMEOUT=7 # \xe9\nPB_SUPERUSER_EMAIL=caf\xc3\xa9@example.com\n# \xff\n")
    settings = load_settings({}, tmp_path)
    assert (settings.timeout, settings.email) == (7, "café@example.com")


@pytest.mark.parametrize("content", [b"PB_SUPERUSER_PASSWORD=caf\xe9\n", "PB_TIMEOUT=7\n".encode("utf-16")])
def test_our_lines_have_to_be_utf_8(tmp_path: Path, content: bytes) -> None:
    (tmp_path / ".env").write_bytes(content)
    with pytest.raises(PBUsageError, match="not UTF-8 text"):
        load_settings({}, tmp_path)


FILE = "PB_URL=https://pb.example.com\nPB_SUPERUSER_EMAIL=a@example.com\nPB_SUPERUSER_PASSWORD=of-the-file\n"


@pytest.mark.parametrize(
    ("text", "environ"),
    [
        (FILE, {"PB_URL": "http://evil.example.org"}),
        (FILE, {"PB_URL": "http://127.0.0.1.evil.org"}),
        (FILE, {"PB_URL": "http://127.evil.org"}),
        ("PB_SUPERUSER_TOKEN=of-the-file\n", {"PB_URL": "https://evil.example.org"}),
        ("PB_URL=http://evil.example.org\n", {"PB_SUPERUSER_EMAIL": "a", "PB_SUPERUSER_PASSWORD": "of-the-shell"}),
        ("PB_URL=http://evil.example.org\n", {"PB_SUPERUSER_TOKEN": "of-the-shell"}),
        (FILE, {"PB_SUPERUSER_PASSWORD": "of-the-shell"}),
    ],
)
def test_the_secrets_of_one_place_are_not_sent_to_the_server_of_another(
    tmp_path: Path, text: str, environ: dict[str, str]
) -> None:
    (tmp_path / ".env").write_text(text)
    with pytest.raises(PBRefused, match="would be sent to the server of the other") as caught:
        load_settings(environ, tmp_path)
    assert "in the same place" in str(caught.value.hint)
    assert not [secret for secret in ("of-the-file", "of-the-shell") if secret in f"{caught.value}{caught.value.hint}"]


def test_a_url_of_another_kind_is_told_before_whose_secrets_it_would_get(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(FILE)
    with pytest.raises(PBUsageError, match="no http:// or https:// URL"):
        load_settings({"PB_URL": "ftp://evil.example.org"}, tmp_path)


@pytest.mark.parametrize(
    ("text", "environ"),
    [
        (FILE, {}),
        (FILE, {"PB_URL": "http://127.0.0.1:8091"}),
        (FILE, {"PB_URL": "http://localhost:8091"}),
        (FILE, {"PB_URL": "https://pb.example.com:8443"}),
        (FILE, {"PB_URL": "https://other.example.org", "PB_SUPERUSER_EMAIL": "b", "PB_SUPERUSER_PASSWORD": "p"}),
        (FILE, {"PB_URL": "https://other.example.org", "PB_SUPERUSER_PASSWORD": ""}),
        (FILE, {"PB_URL": "https://pb.example.com", "PB_SUPERUSER_PASSWORD": "of-the-shell"}),
        ("PB_URL=http://127.0.0.1:9\n", {"PB_SUPERUSER_PASSWORD": "of-the-shell"}),
        ("PB_SUPERUSER_PASSWORD=of-the-file\n", {}),
        ("OTHER=1\n", {"PB_URL": "https://other.example.org", "PB_SUPERUSER_PASSWORD": "of-the-shell"}),
    ],
)
def test_what_belongs_together_is_combined(tmp_path: Path, text: str, environ: dict[str, str]) -> None:
    (tmp_path / ".env").write_text(text)
    assert load_settings(environ, tmp_path).url == environ.get("PB_URL", load_settings({}, tmp_path).url)


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX owners and modes")
def test_a_parents_env_that_others_may_write_is_passed_by(offline: Runner, tmp_path: Path) -> None:
    project = tmp_path / "of-others" / "project"
    project.mkdir(parents=True)
    (tmp_path / ".env").write_text("PB_TIMEOUT=7\n")
    (tmp_path / ".env").chmod(0o600)
    hostile = tmp_path / "of-others" / ".env"
    hostile.write_text("PB_TIMEOUT=8\n")
    hostile.chmod(0o666)
    settings = load_settings({}, project)
    assert (settings.timeout, settings.env_file, settings.ignored) == (7, tmp_path / ".env", (hostile,))
    assert load_settings({}, hostile.parent).timeout == 8  # where a user works, the file is in plain view
    hostile.chmod(0o600)
    assert load_settings({}, project).timeout == 8
    if os.geteuid() == 0:
        os.chown(hostile, 12345, 12345)
        assert load_settings({}, project).timeout == 7

    hostile.chmod(0o666)
    offline.folder = project
    assert str(hostile) in offline("pb_health.py").document["warnings"][0]


@pytest.mark.parametrize(
    "url", ["http:/root:hunter2@host", "root:hunter2@host:8090", "ftp://root:hunter2@host", "http://root:hunter2@ho st"]
)
def test_a_malformed_url_is_told_without_its_password(tmp_path: Path, url: str) -> None:
    with pytest.raises(PBUsageError) as caught:
        load_settings({"PB_URL": url}, tmp_path)
    assert "hunter2" not in f"{caught.value}{caught.value.hint}"
    assert "ho" in str(caught.value)


@pytest.mark.parametrize(
    "proxy", ["https://root:hunter2@proxy", "socks5://root:hunter2@proxy:1", "http://a:hunter2@[::1"]
)
def test_a_proxy_that_is_not_supported_is_told_without_its_password(offline: Runner, proxy: str) -> None:
    result = offline("pb_health.py", env={"PB_URL": "http://pb.invalid:8090", "HTTP_PROXY": proxy, "http_proxy": proxy})
    assert result.code == 2
    assert "hunter2" not in str(result.document)


@pytest.mark.skipif(os.name != "posix", reason="links and modes")
def test_what_up_adds_is_written_whole_through_links_and_keeps_the_mode(tmp_path: Path) -> None:
    project = Project(tmp_path / "project")
    project.folder.mkdir()
    for path, mode in ((project.env, 0o640), (project.folder / ".gitignore", 0o604)):
        kept = tmp_path / f"kept{path.name}"
        kept.write_bytes(b"OTHER=1\r\n")
        kept.chmod(mode)
        path.symlink_to(kept)
    project.add_env({"PB_URL": "http://127.0.0.1:1"})
    project.add_ignores()
    assert all((project.folder / name).is_symlink() for name in (".env", ".gitignore"))
    assert (tmp_path / "kept.env").read_bytes() == b"OTHER=1\r\nPB_URL=http://127.0.0.1:1\r\n"
    assert (tmp_path / "kept.env").stat().st_mode & 0o777 == 0o640
    assert (tmp_path / "kept.gitignore").read_bytes().count(b"\r\n") == 4
    assert (tmp_path / "kept.gitignore").stat().st_mode & 0o777 == 0o604
    assert sorted(path.name for path in tmp_path.iterdir()) == ["kept.env", "kept.gitignore", "project"]


@pytest.mark.skipif(os.name != "posix", reason="modes")
@pytest.mark.parametrize("command", [["status"], ["down"], ["up", "--dry-run", "--binary", "nope"]])
def test_every_command_says_once_which_env_file_it_ignores(offline: Runner, command: list[str]) -> None:
    (offline.folder / ".env").write_text("PB_TIMEOUT=1\n")
    (offline.folder / ".env").chmod(0o666)
    deep = offline.folder / "deep"
    deep.mkdir()
    result = Runner(deep, offline.home, {"PB_URL": offline.env["PB_URL"]})("pb_server.py", *command)
    (warning,) = result.document["warnings"]
    assert f"{offline.folder / '.env'} was ignored" in warning
