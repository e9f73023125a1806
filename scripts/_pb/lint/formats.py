"""Findings as the services read them that show them beside the code: workflow commands of GitHub, and SARIF 2.1.0."""

from __future__ import annotations

import json
from typing import Any

Shown = dict[str, Any]
SEVERITIES = ("error", "warning", "note")
_PAGE = "https://pocketbase.io/docs/"
_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def github(findings: list[Shown]) -> str:
    """Return a workflow command a finding, which GitHub shows at the line of the change."""
    return "\n".join(map(_command, findings)) or "::notice::No findings."


def _command(finding: Shown) -> str:
    where = {"file": finding.get("file"), "line": finding.get("line"), "col": finding.get("column")}
    properties = [f"{key}={_property(str(value))}" for key, value in where.items() if value]
    properties.append(f"title={_property(finding['kind'])}")
    command = "notice" if _severity(finding) == "note" else _severity(finding)
    return f"::{command} {','.join(properties)}::{_data(_sentence(finding))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def sarif(findings: list[Shown]) -> str:
    """Return a SARIF log, which code scanning takes."""
    kinds = list(dict.fromkeys(item["kind"] for item in findings))
    driver = {"name": "pb_lint", "informationUri": _PAGE, "rules": [{"id": kind} for kind in kinds]}
    results = [_result(item, kinds.index(item["kind"])) for item in findings]
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": results}]}
    return json.dumps(log, ensure_ascii=False, indent=1)


def _result(finding: Shown, rule: int) -> Shown:
    result = {
        "ruleId": finding["kind"],
        "ruleIndex": rule,
        "level": _severity(finding),
        "message": {"text": _sentence(finding)},
    }
    if not finding.get("file"):
        return result
    region = {"startLine": finding.get("line") or 1}
    if finding.get("column"):
        region["startColumn"] = finding["column"]
    uri = finding["file"].replace("\\", "/")
    location = {"physicalLocation": {"artifactLocation": {"uri": uri}, "region": region}}
    return {**result, "locations": [location]}


def _severity(finding: Shown) -> str:
    return str(finding.get("severity", "error"))


def _sentence(finding: Shown) -> str:
    place = "" if finding.get("file") or not finding.get("place") else f"{finding['place']}: "
    return f"{place}{finding['message']} {finding['fix']}".strip()


FORMATS = {"github": github, "sarif": sarif}
