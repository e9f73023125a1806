"""The faces of denial: what PocketBase answers when a rule says no, told apart from what only looks like it.

A null rule gives 403. A rule that does not match gives 200 without the record (list), 404 (view, update, delete) or 400
without the name of a field (create); in a batch, 400 with such an answer inside. A hidden field is missing from the
record. Each function returns None if the answer is as expected, else a sentence that says what it is.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

from _pb.testing.actors import Reply
from pb_common import Answer

# What the server says instead of deleting a record to which another has a required relation.
REQUIRED = "required relation reference"
_BY_STATUS = (401, 403, 404)
# What PocketBase says where no rule was asked, or where the rule had let the request pass.
_NEVER_JUDGED = {
    "collection context": "there is no such collection, so no rule was asked",
    "Batch requests are not allowed": "batches are switched off in the settings, so no rule was asked",
    "Unsupported collection type": "a view takes no writes, so no rule was asked",
    REQUIRED: "the rule let it pass; another record requires this one",
}
_PART_OF_A_LIST = "this is only a page of the list, so it proves nothing; use find(), or a perPage that fits all"
_RECORDS = re.compile(r"/api/collections/[^/]+/records(/[^/]+)?(\?|$)")


def problem_if_not_allowed(answer: Answer, record: str = "") -> str | None:
    """Expect success; a list must show `record`, or any record if none is named, since an empty one is a denial."""
    if answer.status >= 300:
        return f"the server refused it with {answer.status}"
    items = _items(answer)
    if record and not _shows(answer, record):
        return f"it does not show the record {record}"
    return "the list is empty, which is how PocketBase denies it" if items == [] else None


def problem_if_not_hidden(answer: Answer, record: str = "") -> str | None:
    """Expect that a list or a record does not show `record`, or nothing at all if none is named.

    A page of a longer list, or a list without ids, does not prove that.
    """
    if answer.status in _BY_STATUS:
        return problem_if_never_judged(answer)
    if answer.status >= 300:
        return f"the server answered {answer.status}, which is no denial of a read"
    items = _items(answer)
    if items is None:
        return "the server shows it"
    if record and _shows(answer, record):
        return f"the list shows the record {record}"
    if not record and (items or answer.data.get("totalItems", 0) > 0):
        return "the server shows it"
    if record and any("id" not in item for item in items):
        return "the list shows no ids, so it proves nothing; ask for the field id as well"
    return None if _is_whole(answer.data) else _PART_OF_A_LIST


def problem_if_not_denied(answer: Answer) -> str | None:
    """Expect that a rule denies a write.

    A 400 that names fields is a validation error: the request was let through to the validation.
    """
    if answer.status < 300:
        return "the server carried it out"
    if answer.status != 400 and answer.status not in _BY_STATUS:
        return f"the server answered {answer.status}, which is no denial"
    if answer.status == 400:
        errors = _field_errors(answer.data)
        if errors:
            return f"the rule let it pass; only the values are invalid: {', '.join(errors)}"
    return problem_if_never_judged(answer)


def problem_if_never_judged(answer: Answer) -> str | None:
    """Expect that a refusal comes from a rule, not from a request that no rule could have let pass."""
    for message in _messages(answer.data):
        for words, problem in _NEVER_JUDGED.items():
            if words in message:
                return problem
    sent = answer.sent if isinstance(answer, Reply) else None
    writes_record = sent and sent.method in ("POST", "PATCH", "PUT") and _RECORDS.search(sent.path)
    if answer.status == 400 and sent and writes_record and not isinstance(sent.body, dict):
        return "the body is no JSON object, so no rule was asked"
    return None


def problem_if_field_shown(answer: Answer, *fields: str) -> str | None:
    """Expect records without these fields ("expand.author.email" goes deeper); without any record nothing is proved.

    Neither is it of a field that the request itself leaves out.
    """
    records = records_of(answer)
    if not records:
        return "it shows no record, so it proves nothing about its fields"
    shown = sorted({field for field in fields for record in records if has(record, field)})
    if shown:
        return f"it shows {', '.join(shown)}"
    left_out = [field for field in fields if isinstance(answer, Reply) and not _asks_for(answer.sent.path, field)]
    return f"the request does not ask for {', '.join(left_out)}, so it proves nothing" if left_out else None


def problem_if_not_status(answer: Answer, *expected: int) -> str | None:
    """Expect one of these HTTP statuses."""
    if answer.status in expected:
        return None
    return f"the status is {answer.status}, expected {' or '.join(map(str, expected))}"


def records_of(answer: Answer) -> list[Any]:
    """Return the records that an answer shows: those of a list, or the one."""
    items = _items(answer)
    return (
        items if items is not None else [answer.data] if answer.status < 300 and isinstance(answer.data, dict) else []
    )


def _items(answer: Answer) -> list[Any] | None:
    """Return the items of a list, None for an answer that is none, such as a record with a field of that name."""
    items = answer.data.get("items") if isinstance(answer.data, dict) else None
    if not isinstance(items, list):
        return None
    match = _RECORDS.match(answer.sent.path) if isinstance(answer, Reply) else None
    if match and isinstance(answer, Reply):
        return items if answer.sent.method == "GET" and not match[1] else None
    return None if "collectionId" in answer.data else items


def _is_whole(answer: dict[str, Any]) -> bool:
    """Tell whether a list holds all that there is, not only one page; without totals (-1) by the length of the page."""
    page, total = answer.get("page", 1), answer.get("totalItems", -1)
    if total >= 0:
        return bool(len(answer["items"]) >= total)
    return bool(page == 1 and len(answer["items"]) < answer.get("perPage", 30))


def _shows(answer: Answer, record: str) -> bool:
    items = _items(answer)
    shown = [answer.data] if items is None else items
    return any(isinstance(item, dict) and item.get("id") == record for item in shown)


def has(value: Any, path: str) -> bool:
    """Tell whether a record, or one of several, shows a field such as "expand.author.email"."""
    if isinstance(value, list):
        return any(has(item, path) for item in value)
    key, _, rest = path.partition(".")
    return isinstance(value, dict) and key in value and (not rest or has(value[key], rest))


def _asks_for(path: str, field: str) -> bool:
    """Tell whether a request's `expand` and `fields` let its answer show a field such as "expand.owner.email"."""
    query = {key: values[-1].replace(" ", "").split(",") for key, values in parse_qs(urlsplit(path).query).items()}
    relations = ".".join(re.findall(r"(?:^|(?<=\.))expand\.([^.]+)", field))
    if relations and not any(f"{asked}.".startswith(f"{relations}.") for asked in query.get("expand", [])):
        return False
    return "fields" not in query or any(
        field == asked.partition(":")[0] or field.startswith(f"{asked}.") or asked.endswith("*")
        for asked in query["fields"]
    )


def _messages(data: Any) -> list[str]:
    """Return what the server says of a refusal, and of a batch's refused requests."""
    if not isinstance(data, dict):
        return []
    return [str(data.get("message")), *(word for inner in _refused(data) for word in _messages(inner))]


def _refused(data: dict[str, Any]) -> list[Any]:
    """Return the answers inside a refused batch."""
    errors = data.get("data")
    requests = errors.get("requests") if isinstance(errors, dict) else None
    if not isinstance(requests, dict):
        return []
    return [request.get("response") for request in requests.values() if isinstance(request, dict)]


def _field_errors(data: Any) -> list[str]:
    """Return the names of the fields that a 400 complains of, those of a batch's refused request included."""
    errors = data.get("data") if isinstance(data, dict) else None
    if not isinstance(errors, dict):
        return []
    if not isinstance(errors.get("requests"), dict):
        return list(errors)
    return [field for response in _refused(data) for field in _field_errors(response)]
