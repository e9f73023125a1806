"""What the query of a view compares with constants, and where its conditions stand."""

from __future__ import annotations

from _pb.languages.view_conditions import constants, where_parts, words

QUERY = (
    "SELECT id, 'where' AS \"kind\" FROM posts p WHERE p.status = 'it''s' AND (views >= 10 OR public = TRUE)"
    " AND age BETWEEN 1 AND 9 AND id IN (SELECT post FROM comments WHERE hidden <> 1) ORDER BY 3 = views"
)


def test_columns_are_told_with_the_constants_they_are_compared_with() -> None:
    assert constants(QUERY) == [
        ("status", "=", "it's"),
        ("views", ">=", 10),
        ("public", "=", True),
        ("hidden", "<>", 1),
        ("views", "=", 3),
    ]
    assert constants("SELECT id FROM a WHERE b = c OR 1 = 1") == []


def test_each_condition_stands_where_its_span_says() -> None:
    found = [(part.join, QUERY[part.start : part.end]) for part in where_parts(QUERY)]
    assert found == [
        ("and", "p.status = 'it''s'"),
        ("and", "(views >= 10 OR public = TRUE)"),
        ("or", "views >= 10"),
        ("or", "public = TRUE"),
        ("and", "age BETWEEN 1 AND 9"),
        ("and", "id IN (SELECT post FROM comments WHERE hidden <> 1)"),
        ("and", "hidden <> 1"),
    ]
    assert [part.join for part in where_parts("SELECT 1 WHERE (a) = (b) OR")] == ["or"]


def test_words_are_names_and_no_texts() -> None:
    assert {"posts", "kind", "status"} <= words(QUERY)
    assert "it's" not in words(QUERY)
