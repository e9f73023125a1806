"""The verbs that change one thing of a collection carry along what depends on it, and refuse what they cannot do."""

from __future__ import annotations

import json
from typing import Any

import pytest
from test_collections import create

import servers
from conftest import Runner

Json = dict[str, Any]

TEXTS = [{"name": name, "type": "text"} for name in ("a", "desc")]


def collection(server: servers.Server, name: str) -> Json:
    return next(item for item in server.collections() if item["name"] == name)


def test_a_renamed_field_takes_its_indexes_and_sign_in_options_along(pb: Runner, server: servers.Server) -> None:
    indexes = ["CREATE UNIQUE INDEX era_desc ON era (`desc`)", "CREATE INDEX era_a ON era (a DESC, `desc`)"]
    provider = {"name": "google", "clientId": "a", "clientSecret": "b"}
    oauth2 = {"enabled": True, "mappedFields": {"name": "desc", "username": "a"}, "providers": [provider]}
    password = {"enabled": True, "identityFields": ["email", "desc"]}
    auth = {"name": "era", "type": "auth", "fields": TEXTS, "indexes": indexes}
    create(pb, {**auth, "oauth2": oauth2, "passwordAuth": password})
    account = {"desc": "me", "email": "me@era.test", "password": "12345678", "passwordConfirm": "12345678"}
    assert server.request("POST", "/api/collections/era/records", account)[0] == 200
    renamed = pb.ok("pb_collections.py", "rename-field", "era", "desc", "nick")
    told = {change.get("property") for change in renamed}
    assert {"oauth2.mappedFields.name", "passwordAuth.identityFields"} <= told
    saved = collection(server, "era")
    assert saved["oauth2"]["mappedFields"] == {**saved["oauth2"]["mappedFields"], "name": "nick", "username": "a"}
    assert [found["name"] for found in saved["oauth2"]["providers"]] == ["google"]
    assert saved["passwordAuth"] == {"enabled": True, "identityFields": ["email", "nick"]}
    assert {"CREATE UNIQUE INDEX era_desc ON era (`nick`)", "CREATE INDEX era_a ON era (a DESC, `nick`)"} <= set(
        saved["indexes"]
    )
    login = {"identity": "me", "password": "12345678"}
    assert server.request("POST", "/api/collections/era/auth-with-password", login, authed=False)[0] == 200


def test_a_renamed_field_takes_the_rule_of_a_second_factor_along(pb: Runner, server: servers.Server) -> None:
    mfa = {"mfa": {"enabled": True, "rule": "desc = 'x'"}, "otp": {"enabled": True}}
    create(pb, {"name": "erm", "type": "auth", "fields": TEXTS, **mfa})
    pb.ok("pb_collections.py", "rename-field", "erm", "desc", "nick")
    assert collection(server, "erm")["mfa"]["rule"] == "nick = 'x'"
    misspelt = pb("pb_collections.py", "update", "erm", '{"mfa":{"rule":"nik = 1"}}')
    assert (misspelt.code, "'nick'" in misspelt.message) == (2, True)


@pytest.mark.parametrize(
    "words",
    [
        ["update", "eop", '{"listRule":""}'],
        ["set-rule", "eop", "list", "id != ''"],
        ["add-field", "eop", '{"name":"b","type":"text"}'],
    ],
    ids=lambda words: words[0],
)
def test_an_option_may_stand_anywhere(pb: Runner, server: servers.Server, words: list[str]) -> None:
    if not any(item["name"] == "eop" for item in server.collections()):
        create(pb, {"name": "eop", "fields": TEXTS})
    for position in range(1, len(words) + 1):
        result = pb("pb_collections.py", *words[:position], "--no-check", "--dry-run", *words[position:])
        assert result.code == 0, result
    assert pb("pb_collections.py", *words[:-1], "--dry-run", "--", words[-1]).code == 0
    misspelt = pb("pb_collections.py", *words[:-1], "--dry-runn", words[-1])
    assert (misspelt.code, misspelt.hint.partition("?")[0]) == (2, "Did you mean '--dry-run'")
    assert (collection(server, "eop")["listRule"], len(collection(server, "eop")["fields"])) == (None, 3)


def test_a_misspelt_key_deep_in_the_options_is_told(pb: Runner) -> None:
    options = {"otp": {"emailTemplate": {"subjct": "x"}}}
    refused = pb("pb_collections.py", "update", "users", json.dumps(options))
    assert (refused.code, "users.otp.emailTemplate: PocketBase ignores the key 'subjct'" in refused.message) == (
        2,
        True,
    )
    assert '"subject":"x"' in refused.hint
    mapped = {"oauth2": {"mappedFields": {"name": "name"}}, "otp": {"emailTemplate": {"subject": "x"}}}
    pb.ok("pb_collections.py", "update", "users", json.dumps(mapped), "--dry-run")


def test_a_unique_field_gets_no_second_index(pb: Runner) -> None:
    indexes = ["create unique index if not exists eun on eun ([a])"]
    wanted = {"name": "eun", "fields": [{"name": "a", "type": "text", "unique": True}], "indexes": indexes}
    refused = pb("pb_collections.py", "create", json.dumps(wanted))
    assert json.loads(refused.hint.partition("Corrected: ")[2])["indexes"] == indexes


def test_several_values_are_never_corrected_to_one(pb: Runner) -> None:
    field = {"name": "s", "type": "select", "values": ["a", "b"], "multiple": True}
    refused = pb("pb_collections.py", "create", json.dumps({"name": "emu", "fields": [field]}))
    assert (refused.code, "Say it with 'maxSelect'" in refused.message, "Corrected" in refused.hint) == (2, True, False)


def test_the_id_of_a_collection_stays(pb: Runner) -> None:
    refused = pb("pb_collections.py", "update", "users", '{"id":"other"}')
    assert refused.code == 2
    assert "'other'" in refused.message


def test_a_semicolon_at_the_end_of_an_index_does_no_harm(pb: Runner) -> None:
    wanted = {
        "name": "semi",
        "fields": [{"name": "a", "type": "text"}],
        "indexes": ["CREATE INDEX i_semi ON semi (a);"],
    }
    pb.ok("pb_collections.py", "import", json.dumps([wanted]))
    assert pb.ok("pb_collections.py", "plan", json.dumps([wanted])) == []


def test_what_pocketbase_does_not_take_is_said(pb: Runner) -> None:
    wanted = '[{"name":"_superusers","oauth2":{"enabled":true}}]'
    for verb in ("plan", "import"):
        refused = pb("pb_collections.py", verb, wanted)
        assert (refused.code, "_superusers.oauth2.enabled: PocketBase keeps it false." in refused.message) == (2, True)
    done = pb("pb_collections.py", "import", wanted, "--no-check")
    assert done.code == 0
    assert "_superusers.oauth2.enabled" in " ".join(done.document["warnings"])
