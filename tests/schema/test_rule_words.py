"""What a rule is in plain words."""

from __future__ import annotations

from _pb.schema.rule_words import in_words


def test_rules_are_told_in_words() -> None:
    signed_in = '@request.auth.id != ""'
    for rule, said in (
        (None, "Superusers only."),
        ("  ", "Anyone, guests too."),
        (signed_in, "Where the caller is signed in."),
        ('"" != @request.auth.id', "Where the caller is signed in."),
        (
            f"{signed_in} && (owner = @request.auth.id || members.id ?= @request.auth.id)",
            "Where the caller is signed in and "
            "(`owner` is the caller's `id` or any of `members.id` is the caller's `id`).",
        ),
        ("@request.body.owner:isset = false", "Where `owner` is not sent."),
        ("title:lower ~ 'a' && votes >= 3", 'Where `title` in lower case contains "a" and `votes` is at least 3.'),
        ("tags:each ?= 'x' || at = null", 'Where any of `tags` is "x" or `at` is empty.'),
        ("tags:each = 'x'", 'Where each of `tags` is "x".'),
        (
            "@collection.teams:t.user ?= @request.auth.id",
            "Where any of `user` of a record of `teams` is the caller's `id`.",
        ),
        ("a ==== b", "Where the rule holds: a ==== b"),
    ):
        assert in_words(rule) == said
