"""Which Go project a folder lies in, as far as its files tell."""

from __future__ import annotations

from pathlib import Path

import pytest

from pb_common.go_project import find_go_project

MOD = "module app\n\nrequire github.com/pocketbase/pocketbase v0.39.11\n"
BLOCK = "module app\nrequire (\n\tgithub.com/pocketbase/pocketbase v0.23.12\n)\n"
BOTH = "use ./api\nuse ./web\n"
OTHER = "module tools\n\nrequire example.com/x v1.0.0 // not github.com/pocketbase/pocketbase\n"


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")


@pytest.mark.parametrize(
    ("files", "place", "found"),
    [
        ({"go.mod": MOD}, ".", (".", ("./...",), "0.39.11")),
        ({"go.mod": MOD}, "cmd/server", (".", ("./...",), "0.39.11")),
        (
            {"go.mod": BLOCK},
            ".",
            (".", 1, "0.23.12"),
        ),
        ({"go.mod": "module github.com/pocketbase/pocketbase\n"}, "examples/base", (".", 1, "unknown")),
        # A module in between that has nothing to do with it, as for tools or tests.
        ({"go.mod": MOD, "tools/go.mod": OTHER}, "tools/gen", (".", 1, "0.39.11")),
        ({"go.work": "go 1.25\n\nuse (\n\t./web\n\t./back end\n)\n", "web/go.mod": OTHER}, "web", None),
        (
            {"go.work": BOTH, "web/go.mod": OTHER, "api/go.mod": MOD},
            ".",
            (".", ("./api/...",), "0.39.11"),
        ),
        ({"go.work": "use (\n\t./api\n)\n", "api/go.mod": MOD}, "web", (".", ("./api/...",), "0.39.11")),
        ({"go.work": "use ./api\n", "api/go.mod": MOD}, "api/cmd", ("api", ("./...",), "0.39.11")),
        ({"go.mod": OTHER}, ".", None),
        ({"go.mod": "module app\nexclude github.com/pocketbase/pocketbase v0.22.0\n"}, ".", None),
        ({"go.mod": "module app\nexclude (\n\tgithub.com/pocketbase/pocketbase v0.22.0\n)\n"}, ".", None),
        ({"go.mod": "module app\nrequire github.com/pocketbase/pocketbase-kit v1.0.0\n"}, ".", None),
        ({"go.mod": MOD, "site/.git/HEAD": ""}, "site/deep", None),
        ({}, ".", None),
    ],
)
def test_the_go_project_of_a_folder_is_found_upwards(
    tmp_path: Path, files: dict[str, str], place: str, found: tuple[str, object, str] | None
) -> None:
    write(tmp_path, {".git/HEAD": "", **files})
    (tmp_path / place).mkdir(parents=True, exist_ok=True)
    project = find_go_project(tmp_path / place)
    if found is None:
        assert project is None
        return
    assert project
    assert (project.folder, project.version) == (tmp_path / found[0], found[2])
    assert found[1] in (1, project.packages)
