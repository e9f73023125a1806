"""The policy as a file that can be read aloud: one sentence a line, by collection and action, and nothing of ids."""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import groupby
from typing import Any

from _pb.access.laws.finding import Finding
from _pb.access.questions import Answers, told


def as_file(
    rules: Mapping[str, Mapping[str, str]], sentences: Mapping[str, str], findings: list[Finding], answers: Answers
) -> str:
    """Return the text of the file of --save, with the answers that it had before."""
    answered = [(one, {**one.as_saved(), **answers.get(told(one.as_saved()), {})}) for one in findings]
    alarms = [saved for one, saved in answered if one.is_alarm]
    questions = [saved for one, saved in answered if not one.is_alarm]
    parts = [f'"findings": {_list(alarms)}', f'"questions": {_list(questions)}']
    known = ",\n".join(f"{_text(name)}: {_text(own)}" for name, own in rules.items())
    policy = f'"policy": {{"rules": {{\n{known}\n}},\n"sentences": {{\n{_said(sentences)}\n}}}}'
    return "{" + ",\n".join([*parts, policy]) + "}\n"


def _list(findings: list[dict[str, Any]]) -> str:
    return "[\n" + ",\n".join(map(_text, findings)) + "\n]" if findings else "[]"


def _said(sentences: Mapping[str, str]) -> str:
    """Return a line for each sentence, and an empty one between the actions."""
    groups = groupby(sentences.items(), lambda item: item[0].partition(": ")[0])
    return ",\n\n".join(",\n".join(f"{_text(key)}: {_text(said)}" for key, said in group) for _, group in groups)


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
