"""What the server's answer to a row or a batch means."""

from __future__ import annotations

from typing import Any

_USED_ID = ("validation_not_unique", "validation_pk_invalid")


def failed_place(answer: Any) -> int | None:
    """Return which request of a batch failed, None where the answer names none."""
    details = answer.get("data") if isinstance(answer, dict) else None
    failed = details.get("requests") if isinstance(details, dict) else None
    if not isinstance(failed, dict):
        return None
    return next((int(place) for place, error in failed.items() if place.isdigit() and "response" in error), None)


def may_be_saved(answer: Any) -> bool:
    """Tell whether a refusal leaves it open that the row is saved under the id made for it.

    It does where it blames that id, or no field at all, as a hook may that fails after the record was written.
    """
    details = answer.get("data") if isinstance(answer, dict) else None
    about_id = details.get("id") if isinstance(details, dict) else None
    return not details or (isinstance(about_id, dict) and about_id.get("code") in _USED_ID)


def reason_of(status: int, answer: Any) -> str:
    """Return in one line why the server refused a row."""
    if not isinstance(answer, dict):
        return f"HTTP {status}"
    details = answer.get("data")
    details = details if isinstance(details, dict) else {}
    named = [f"{name}: {error.get('message', error)}" for name, error in details.items() if isinstance(error, dict)]
    return "; ".join(named) or str(answer.get("message") or f"HTTP {status}")
