"""The faces of denial: what PocketBase answers when a rule says no, told apart from what only looks like it.

A null rule gives 403. A rule that does not match gives 200 without the record (list), 404 (view, update, delete) or 400
without the name of a field (create); in a batch, 400 with such an answer inside. A hidden field is missing from the
record. Each function returns None if the answer is as expected, else a sentence that says what it is.
"""

from __future__ import annotations

from typing import Any

from pb_common import Answer

_BY_STATUS = (401, 403, 404)


def problem_if_not_allowed(answer: Answer, record: str = "") -> str | None:
    """Expect success; a list must show `record`, or any record if none is named, since an empty one is a denial."""
    if answer.status >= 300:
        return f"the server refused it with {answer.status}"
    items = _items(answer)
    if record and not _shows(answer, record):
        return f"it does not show the record {record}"
    return "the list is empty, which is how PocketBase denies it" if items == [] else None


def problem_if_not_hidden(answer: Answer, record: str = "") -> str | None:
    """Expect that a list or a record does not show `record`, or nothing at all if none is named."""
    if answer.status in _BY_STATUS:
        return None
    if answer.status >= 300:
        return f"the server answered {answer.status}, which is no denial of a read"
    if record and _items(answer) is not None:
        return f"the list shows the record {record}" if _shows(answer, record) else None
    return None if _items(answer) == [] else "the server shows it"


def problem_if_not_denied(answer: Answer) -> str | None:
    """Expect that a rule denies a write.

    A 400 that names fields is a validation error: the request was let through to the validation.
    """
    if answer.status < 300:
        return "the server carried it out"
    if answer.status in _BY_STATUS:
        return None
    if answer.status != 400:
        return f"the server answered {answer.status}, which is no denial"
    errors = _field_errors(answer.data)
    return f"the rule let it pass; only the values are invalid: {', '.join(errors)}" if errors else None


def problem_if_field_shown(answer: Answer, *fields: str) -> str | None:
    """Expect records without these fields ("expand.author.email" goes deeper); without any record nothing is proved."""
    records = _items(answer)
    if records is None:
        records = [answer.data] if answer.status < 300 and isinstance(answer.data, dict) else []
    if not records:
        return "it shows no record, so it proves nothing about its fields"
    shown = sorted({field for field in fields for record in records if _has(record, field)})
    return f"it shows {', '.join(shown)}" if shown else None


def problem_if_not_status(answer: Answer, *expected: int) -> str | None:
    """Expect one of these HTTP statuses."""
    if answer.status in expected:
        return None
    return f"the status is {answer.status}, expected {' or '.join(map(str, expected))}"


def _items(answer: Answer) -> list[Any] | None:
    items = answer.data.get("items") if isinstance(answer.data, dict) else None
    return items if isinstance(items, list) else None


def _shows(answer: Answer, record: str) -> bool:
    items = _items(answer)
    shown = [answer.data] if items is None else items
    return any(isinstance(item, dict) and item.get("id") == record for item in shown)


def _has(value: Any, path: str) -> bool:
    if isinstance(value, list):
        return any(_has(item, path) for item in value)
    key, _, rest = path.partition(".")
    return isinstance(value, dict) and key in value and (not rest or _has(value[key], rest))


def _field_errors(data: Any) -> list[str]:
    """Return the names of the fields that a 400 complains of, those of a batch's refused request included."""
    errors = data.get("data") if isinstance(data, dict) else None
    if not isinstance(errors, dict):
        return []
    requests = errors.get("requests")
    if not isinstance(requests, dict):
        return list(errors)
    inner = [request.get("response") for request in requests.values() if isinstance(request, dict)]
    return [field for response in inner for field in _field_errors(response)]
