"""The settings that somebody asks for: as words, as JSON or as a file, made into values by their dotted names."""

from __future__ import annotations

import argparse
import ipaddress
import os
import re
from collections.abc import Mapping
from typing import Any

from _pb.schema.secrets import masked
from _pb.settings.document import DEFAULTS, SECRETS, SINCE, leaves
from pb_common import Client, PBUsageError, json_object
from pb_common.errors import Code
from pb_common.reading import parse_json, read_text
from pb_common.settings import effective_values
from pb_common.suggest import suggest

_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_SWITCH = {"true": True, "false": False}
_RULE = {"label": "", "audience": "", "duration": 0, "maxRequests": 0}
_RULES = "rateLimits.rules"
_ADDRESSES = ("superuserIPs", "rateLimits.excludedIPs")
_KINDS = {bool: "true or false", int: "a whole number", str: "a text", list: "a list"}


def document_given(args: argparse.Namespace) -> tuple[dict[str, Any], str]:
    """Return the values of the JSON that a command was given, and from where: "inline", "-" or a path.

    The scripts' own documents will do as well. Raises PBUsageError if there is none, or more than one.
    """
    if bool(args.words) == (args.file is not None):
        raise PBUsageError(
            "Give the settings once: as words, as one JSON, or with --file." if args.words else "Nothing is to be set.",
            hint="For example: meta.appName=Acme, or --file settings.json (- reads standard input).",
        )
    place = "-" if args.words == ["-"] else args.file or "inline"
    if len(args.words) > 1:
        raise PBUsageError("One JSON is all that can be given beside no words.", hint="Or NAME=VALUE for each setting.")
    if place == "inline":
        text, source = args.words[0], "the inline JSON"
    else:
        text, source = read_text(place), "standard input" if place == "-" else place
    document = json_object(parse_json(text, source), "settings")
    if document.get("success") is True and isinstance(document.get("data"), dict):
        document = document["data"]
    return leaves(document), place


def words_given(words: list[str], live: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of NAME=TEXT and NAME:=JSON; a text is read as what the setting is now."""
    values: dict[str, Any] = {}
    for word in words:
        name, equals, text = word.partition("=")
        if not equals or not name.rstrip(":"):
            raise PBUsageError(
                f"The word {word!r} sets nothing.", hint="Write NAME=VALUE, NAME:=JSON, or one JSON in single quotes."
            )
        bare = name.rstrip(":")
        if bare in values:
            raise PBUsageError(f"{bare} is given twice.", hint="Give it once.")
        if not text.strip():
            raise PBUsageError(
                f"The value of {bare} is empty: an unset variable of the shell?",
                hint=f"To empty it: '{bare}:=\"\"', or '{bare}:=[]' for a list.",
            )
        values[bare] = parse_json(text, f"the value of {bare}") if name != bare else _read(bare, text, live)
    return {inner: value for name in values for inner, value in leaves({name: values[name]}).items()}


def _read(name: str, text: str, live: Mapping[str, Any]) -> Any:
    now = live.get(name)
    if isinstance(now, list) and text.lstrip()[:1] in ("[", "{", '"'):
        raise PBUsageError(
            f"{name}={text} would be one text, and reads like JSON.", hint=f"For JSON write {name}:=JSON, else a,b."
        )
    if isinstance(now, bool):
        return _SWITCH.get(text.strip().lower(), text)
    if isinstance(now, int):
        return int(text) if re.fullmatch(r"-?[0-9]{1,15}", text.strip()) else text
    if isinstance(now, list) and all(isinstance(item, str) for item in now):
        return [item.strip() for item in text.split(",") if item.strip()]
    return text


def checked(client: Client, values: Mapping[str, Any], live: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values that this server has settings for, without masked secrets; warn of what is left out.

    Raises PBUsageError for names that it does not know, and for values of another kind than the setting's: the server
    would pass over the former without a word.
    """
    found: dict[str, Any] = {}
    problems: list[tuple[Code, str]] = []
    for name, value in values.items():
        if name in SECRETS and masked(value):
            client.warn(f"{name} is masked here: the stored one stays.")
        elif name not in live and name not in SECRETS:
            _leave_out(client, name, value, live, problems)
        elif wrong := _wrong_kind(name, value, live.get(name, "")):
            problems.append(("wrong_input", wrong))
        else:
            found[name] = [{**_RULE, **rule} for rule in value] if name == _RULES else value
    if problems:
        said = " ".join(sentence for _, sentence in problems)
        raise PBUsageError(said, hint="Nothing was sent. `get --all` shows what there is.", code=problems[0][0])
    return found


def _leave_out(
    client: Client, name: str, value: Any, live: Mapping[str, Any], problems: list[tuple[Code, str]]
) -> None:
    since = SINCE.get(name)
    if since and value == leaves(DEFAULTS)[name]:
        client.warn(f"{name} is left out: it exists since PocketBase {since}, and the file has what that comes with.")
    elif since:
        said = f"{name} exists since PocketBase {since}, and this server has no such setting."
        problems.append(("unsupported", said))
    elif any(known.startswith(f"{name}.") for known in live):
        if value != {}:
            problems.append(("wrong_input", f"{name} is a group of settings, not one."))
    else:
        problems.append(("unknown_name", f"There is no setting {name!r}. {suggest(name, [*live, *SECRETS])}"))


def _wrong_kind(name: str, value: Any, now: Any) -> str:
    """Return what is wrong with the kind of a value, "" if it is that of the setting."""
    if type(value) is not type(now):
        return f"{name} is {value!r}; expected {_KINDS.get(type(now), 'another kind of value')}."
    if not isinstance(value, list):
        return ""
    if name != _RULES:
        if not all(isinstance(item, str) for item in value):
            return f"{name} is {value!r}; expected a list of texts."
        return _wrong_address(name, value)
    return next(filter(None, map(_wrong_rule, value)), "")


def _wrong_rule(rule: Any) -> str:
    """Return what is wrong with a rate limit, "" if nothing is."""
    unknown = sorted(set(rule) - set(_RULE)) if isinstance(rule, dict) else [repr(rule)]
    if unknown:
        return f"{_RULES}: a rule has {', '.join(_RULE)}, and no {', '.join(unknown)}."
    wrong = [key for key, value in rule.items() if type(value) is not type(_RULE[key])]
    return f"{_RULES}: {wrong[0]} is {rule[wrong[0]]!r}; expected {_KINDS[type(_RULE[wrong[0]])]}." if wrong else ""


def _wrong_address(name: str, value: list[str]) -> str:
    for text in value if name in _ADDRESSES else []:
        try:
            ipaddress.ip_network(text, strict=False)
        except ValueError:
            return f"{name}: {text!r} is no address; expected such as 203.0.113.7, or 10.0.0.0/8."
    return ""


def resolved(client: Client, values: Mapping[str, Any], place: str) -> dict[str, Any]:
    """Return the values with the secrets that ${NAME} names, from the environment or .env.

    In words and inline JSON a secret must be named so: every user of the machine can read a command line. `place` is as
    `document_given` returns it. Raises PBUsageError for a variable that is not set, or for a secret in the open.
    """
    found = dict(values)
    variables = {**os.environ, **effective_values()[1]}
    missing = []
    for name in SECRETS.keys() & values.keys():
        value = values[name]
        named = _VARIABLE.fullmatch(value) if isinstance(value, str) else None
        if named:
            found[name] = variables.get(named[1], "")
            missing += [] if found[name] else [f"{named[1]} ({name})"]
        elif value and not masked(value) and place == "inline":
            raise PBUsageError(
                f"{name} stands in the command line, where other users of the machine can read it.",
                hint=f"Name a variable, in single quotes: '{name}=${{{SECRETS[name]}}}', or give JSON by --file or -.",
            )
        elif value and not masked(value) and place != "-":
            client.warn(f"{place} holds {name} in the open; ${{{SECRETS[name]}}} in its place names a variable.")
    if missing:
        raise PBUsageError(
            f"Not set, or empty: {', '.join(sorted(missing))}.",
            hint="Set it in the environment, or in .env (names with PB_). Without the key the stored secret stays.",
        )
    return found
