"""What a change brings that lint warns of: in the rules that it sets, and in those that it makes say something else."""

from __future__ import annotations

from _pb.schema.after import Change, change
from _pb.schema.export import RULES
from _pb.schema.findings import Collections, Finding
from _pb.schema.leaks import schema_leaks


def leaks_brought(
    wanted: Collections, live: Collections, replace_fields: bool = False, delete_missing: bool = False
) -> list[Finding]:
    """Return what lint says of the schema after a change: of each rule that differs, and what it did not say before.

    The arguments are those of `check`, which has found no error.
    """
    changed = change(wanted, live, replace_fields, delete_missing)
    before = {finding[:3] for part in schema_leaks(live) for finding in part}
    after = [finding for part in schema_leaks(changed.after.collections) for finding in part]
    return [finding for finding in after if finding[:3] not in before or _sets_its_rule(changed, finding)]


def _sets_its_rule(changed: Change, finding: Finding) -> bool:
    position, key = int(finding.path[0]), str(finding.path[1])
    if position >= len(changed.collections) or key not in RULES:
        return False
    item = changed.collections[position]
    return item.live is None or item.after.get(key) != item.live.get(key)
