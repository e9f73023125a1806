"""A schema that is refused: what is wrong with it, and the corrected JSON."""

from __future__ import annotations

import json
from collections.abc import Container
from typing import TYPE_CHECKING, Any

from pb_common import PBUsageError, script_command

if TYPE_CHECKING:
    from _pb.schema.findings import Finding
    from pb_common.schema_types import Collection

# A corrected schema of more characters than this is not printed in a hint.
_LONGEST_HINT = 4000
_CORRECTIONS = 4


def refuse_legacy(
    wanted: list[Collection], live: list[Collection], implied: Container[str] = (), **options: Any
) -> None:
    """Raise PBUsageError with the corrected JSON if a collection has a v0.22 shape.

    `live` are the collections that it meets; `implied` are keys that the user did not write, `options` those
    of `check`.
    """
    from _pb.schema.legacy import corrected, legacy_places

    places = [place for collection in wanted for place in legacy_places(collection)]
    if places:
        shown = corrected_json(*settled([corrected(item) for item in wanted], live, **options), implied)
        upgrade = script_command("pb_collections.py upgrade --file OLD.json --output NEW.json")
        raise PBUsageError(
            f"This is the v0.22 format, which PocketBase v0.23+ accepts and loses: {'; '.join(places[:8])}.",
            hint=f"A whole export: {upgrade}. {shown or ''}".rstrip(),
            places=places,
            code="invalid_schema",
        )


def refusal_of(errors: list[Finding], hint: str | None) -> PBUsageError:
    shown = " ".join(f"{error.place}: {error.message} {error.fix}".rstrip() for error in errors[:5])
    more = f" And {len(errors) - 5} more." if len(errors) > 5 else ""
    places = [{"place": error.place, "message": error.message, "fix": error.fix} for error in errors]
    return PBUsageError(shown + more, hint=hint, errors=places, code="invalid_schema")


def settled(wanted: list[Collection], live: list[Collection], **options: Any) -> tuple[list[Collection], bool]:
    """Return the wanted collections with what can be corrected, and whether nothing is left that is wrong."""
    from _pb.schema.check import check, corrected

    for _ in range(_CORRECTIONS):  # what is corrected may show what else is wrong
        errors, _warnings = check(wanted, live, **options)
        if not any(error.apply for error in errors):
            break
        wanted = corrected(wanted, errors)
    return wanted, not errors


def corrected_json(fixed: list[Collection], is_right: bool, implied: Container[str]) -> str | None:
    """Return corrected collections for a hint, None if they are too long; `is_right` is whether nothing is left."""
    said = [{key: value for key, value in collection.items() if key not in implied} for collection in fixed]
    if not any(said):
        return None
    text = json.dumps(said[0] if len(said) == 1 else said, ensure_ascii=False, separators=(",", ":"))
    begin = "Corrected" if is_right else "Corrected but for the rest"
    return f"{begin}: {text}" if len(text) <= _LONGEST_HINT else None
