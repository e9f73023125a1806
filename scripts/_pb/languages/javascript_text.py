"""What a quoted text of JavaScript stands for."""

from __future__ import annotations

from _pb.languages.javascript_tokens import TEMPLATE, Token

_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0"}


def unquoted(token: Token) -> str | None:
    """Return the text that a quoted token stands for, None for a template with code in it."""
    if token.kind == TEMPLATE and not (token.text[0] == "`" and token.text[-1] == "`" and len(token.text) > 1):
        return None
    inside, found, index = token.text[1:-1], [], 0
    while index < len(inside):
        character = inside[index]
        if character == "\\" and index + 1 < len(inside):
            value, index = _escaped(inside, index + 1)
            found.append(value)
        else:
            found.append(character)
            index += 1
    return "".join(found)


def _escaped(text: str, index: int) -> tuple[str, int]:
    """Return what stands behind a backslash, and where it ends."""
    character = text[index]
    if character in "xu":
        digits, end = text[index + 1 : index + (3 if character == "x" else 5)], index + (3 if character == "x" else 5)
        if character == "u" and digits[:1] == "{":
            end = text.find("}", index) + 1
            digits = text[index + 2 : end - 1]
        try:
            return chr(int(digits, 16)), end
        except (ValueError, OverflowError):
            return character, index + 1
    if text.startswith("\r\n", index):
        return "", index + 2
    return ("" if character == "\n" else _ESCAPES.get(character, character)), index + 1
