"""What the server is bound to refuse of the ways to sign in: limits, and values that contradict."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from _pb.languages.indexes import read_indexes
from _pb.schema.after import Changed
from _pb.schema.findings import Wrong, nearest

_MAX = 2**53 - 1
_DURATION = (10, 94670856)
# Of each sign-in option: the smallest and the largest value of a number in it.
_OPTIONS: dict[str, dict[str, tuple[int, int]]] = {
    **{
        f"{name}Token": {"duration": _DURATION}
        for name in ("auth", "passwordReset", "emailChange", "verification", "file")
    },
    "mfa": {"duration": (10, 86400)},
    "otp": {"duration": (10, 86400), "length": (4, _MAX)},
}
_SECRET = (30, 255)
_WAYS = ("passwordAuth", "oauth2", "otp", "mfa")
_PROVIDERS = {
    *("apple", "bitbucket", "box", "discord", "facebook", "gitea", "gitee", "github", "gitlab", "google", "instagram2"),
    *("kakao", "lark", "linear", "livechat", "mailcow", "microsoft", "monday", "notion", "oidc", "oidc2", "oidc3"),
    *("patreon", "planningcenter", "spotify", "strava", "trakt", "twitch", "twitter", "vk", "wakatime", "yandex"),
}
_NO_SECRETS = 'An export has no secrets: add the provider\'s "clientSecret", for this change only.'
_A_PROVIDER = 'Write {"name": "google", "clientId": "...", "clientSecret": "..."}.'


def option_mistakes(item: Changed) -> Iterator[Wrong]:
    """Yield what the server would refuse of the sign-in options of an auth collection."""
    wanted = {key: value for key, value in item.wanted.items() if isinstance(value, dict)}
    for option, ranges in _OPTIONS.items():
        is_off = option in _WAYS and not _merged(item, option).get("enabled")
        for key, limits in ranges.items():
            if key in wanted.get(option, {}):
                least, most = (-_MAX, _MAX) if is_off else limits
                yield from _number(f"{option}.{key}", wanted[option][key], least, most)
        secret = wanted.get(option, {}).get("secret")
        if isinstance(secret, str) and secret and not _SECRET[0] <= len(secret) <= _SECRET[1]:
            yield Wrong(f"{option}.secret", f"A secret has {_SECRET[0]} to {_SECRET[1]} characters, not {len(secret)}.")
    for option, value in wanted.items():
        if "enabled" in value and not isinstance(value["enabled"], bool):
            yield Wrong(f"{option}.enabled", f"It is {value['enabled']!r}, not true or false.")
        yield from _empty_mail(option, value if option.endswith("Template") else value.get("emailTemplate"))
    if item.wanted.get("manageRule") == "":
        yield Wrong("manageRule", "An empty manageRule would let anyone manage all.", "Write null, or a rule.")
    yield from _ways_in(item, wanted)


def _empty_mail(option: str, template: Any) -> Iterator[Wrong]:
    for key in ("subject", "body"):
        if isinstance(template, dict) and template.get(key) == "":
            yield Wrong(option, f"The {key} of the mail is empty.", "Leave it out, so that it stays.")


def _number(place: str, value: Any, least: int, most: int) -> Iterator[Wrong]:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value % 1:
        yield Wrong(place, f"It is {value!r}, not a whole number.", f"Write a number from {least} to {most}.")
    elif not least <= value <= most:
        yield Wrong(place, f"It is {value}; the server takes {least} to {most}.")


def _ways_in(item: Changed, wanted: dict[str, Any]) -> Iterator[Wrong]:
    """Yield what is wrong with the ways to sign in, those that stay included."""
    merged = {key: _merged(item, key) for key in _WAYS}
    if "oauth2" in wanted and merged["oauth2"].get("enabled") is True:
        yield from _provider_mistakes(item, merged["oauth2"].get("providers"))
    password = merged["passwordAuth"]
    names = password.get("identityFields") or []
    if "passwordAuth" in wanted and password.get("enabled") is True:
        if "identityFields" in password and not names:
            yield Wrong("passwordAuth.identityFields", "Nothing identifies a user.", 'Write ["email"].')
        unique = {index.keys[0].column.lower() for index in _unique(item)} | {"email"}
        for name in names if isinstance(names, list) else []:
            if str(name).lower() not in unique:
                message = f"{name!r} is no field with a unique index of its own."
                fix = f"add-index {item.after['name']} {name} --unique"
                yield Wrong("passwordAuth.identityFields", message, fix)
    ways = sum(bool(merged[key].get("enabled", key == "passwordAuth")) for key in ("passwordAuth", "oauth2", "otp"))
    if wanted.get("mfa", {}).get("enabled") is True and ways < 2:
        fix = 'Enable a second one, for example "otp": {"enabled": true}.'
        yield Wrong("mfa.enabled", "Multi-factor authentication needs two ways to sign in.", fix)


def _provider_mistakes(item: Changed, providers: Any) -> Iterator[Wrong]:
    """Yield what is wrong with OAuth2 providers; the server keeps the secrets of those that it has."""
    held = ((item.live or {}).get("oauth2") or {}).get("providers") or []
    kept = {provider["name"] for provider in held}
    seen: set[str] = set()
    for position, provider in enumerate(providers if isinstance(providers, list) else []):
        place = f"oauth2.providers[{position}]"
        if not isinstance(provider, dict):
            yield Wrong(place, f"It is {provider!r}, not an object.", _A_PROVIDER)
            continue
        name = provider.get("name")
        if not name:
            yield Wrong(place, "It has no name.", _A_PROVIDER)
        elif name in seen:
            yield Wrong(place, f"The provider {name!r} is there already.", "Leave one of them out.")
        elif name not in _PROVIDERS | kept:
            near = nearest(str(name), _PROVIDERS)
            fix = f"Did you mean {near!r}?" if near else f"There are: {', '.join(sorted(_PROVIDERS))}."
            yield Wrong(place, f"There is no provider {name!r}.", fix + " One of your own Go program: --no-check.")
        seen.add(str(name))
        # Releases differ: the older ones keep what was at the same position, the newer ones what has the same name.
        if name not in kept and position >= len(held):
            for key in ("clientId", "clientSecret"):
                if not provider.get(key):
                    fix = _NO_SECRETS if key == "clientSecret" else _A_PROVIDER
                    yield Wrong(place, f"The provider {name!r} has no {key}.", fix)


def _merged(item: Changed, option: str) -> dict[str, Any]:
    """Return a sign-in option with what stays of it."""
    live: Mapping[str, Any] = item.live or {}
    wanted = item.wanted.get(option)
    return {**(live.get(option) or {}), **(wanted if isinstance(wanted, dict) else {})}


def _unique(item: Changed) -> list[Any]:
    found = read_indexes(item.after.get("indexes"))
    return [index for index in found if index.unique and len(index.keys) == 1]
