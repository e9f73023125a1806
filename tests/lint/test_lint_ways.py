"""The ways through a handler: on which of them the work is handed on, in JavaScript and in Go."""

from __future__ import annotations

import pytest

from _pb.languages.go import tokens_of
from _pb.languages.go_ways import functions, returns_without
from _pb.languages.javascript import Source
from _pb.lint.hook_mistakes import hook_mistakes

HANDS_ON = [
    "outer: for (const a of list) { for (;;) { if (a) continue outer; break outer } }\ne.next()",
    "block: { if (a) break block }\ne.next()",
    "do { e.next() } while (false)",
    "do e.next(); while (a)",
    "while (true) { e.next(); break }",
    "for (;;) { e.next(); if (a) return }",
    "switch (a) { case 1: e.next(); break; case 2: { e.next(); return } default: throw a }",
    "switch (a) { case 1: case b ? 2 : 3: default: e.next() }",
    "try { return } finally { e.next() }",
    "try { f() } catch { g() }\ne.next()",
    "async function later() {}\nclass A { next() {} }\nfunction own() { return }\ne.next()",
    "if (a) ; else { }\ne.next()",
    "const ev = e\nev.next()",
    "const { next } = e\nnext()",
    'e["next"]()',
    "e?.next?.()",
    "return $apis.recordAuthResponse(e, r, 'otp')",
    "(() => { e.next() })()",
    "list.forEach(() => e.next())",
    "const go = () => e.next()\ngo()",
    "const stop = () => { throw new Error('no') }\nif (a) stop(); else e.next()",
    "return a ? e.next() : e.json(400, {})",
    "if (a) return e.forbiddenError('no')\nif (b) return new BadRequestError('no')\n"
    "if (c) return ForbiddenError('no')\ne.next()",
    "if (a)\n  throw a\ne.next()",
    "a.b; { }\n;e.next()",
    "{" * 300 + "e.next()" + "}" * 300,
]
LOSES = [
    "block: { if (a) break block; e.next() }",
    "switch_: switch (a) { case 1: e.next(); break switch_ }",
    "for (;;) { if (a) break }",
    "for (const a of list) e.next()",
    "while (a) { e.next() }",
    "switch (a) { case 1: return; default: e.next() }",
    "try { f(); e.next() } catch (error) { console.log(error, e) }",
    "try { return } finally { f() }",
    "if (a) ; else e.next()",
    "const go = () => e.next()",
    "const stop = () => a\nif (a) stop(); else e.next()",
    "$apis.enrichRecord(e, e.record)",
    "$app.logger().info('x', 'event', e)",
    "return a ? e.next() : null",
    "a && e.next()",
    "return\ne.next()",
]


def kinds(code: str) -> set[str]:
    return {one.kind for one in hook_mistakes(Source(code)) if one.kind == "no-next"}


@pytest.mark.parametrize("body", HANDS_ON)
def test_a_handler_that_hands_on_each_time_is_left_alone(body: str) -> None:
    assert not kinds(f"onRecordCreate((e) => {{\n{body}\n}})")


@pytest.mark.parametrize("body", LOSES)
def test_a_way_that_hands_nothing_on_is_found(body: str) -> None:
    assert kinds(f"onRecordCreate((e) => {{\n{body}\n}})")


@pytest.mark.parametrize(
    ("code", "loses"),
    [
        ("const all = { create: (e) => e.next() }\nonRecordCreate(all.create)", False),
        ("const all = { create(e) { return } }\nonRecordCreate(all.create)", False),
        ("const all = { create: (e) => 1 }\nonRecordCreate(all.create)", True),
        ("function create(e) {}\nconst all = { create }\nonRecordCreate(all.create)", True),
        ("const make = () => (e) => 1\nonRecordCreate(make())", True),
        ("function make() { return function (e) { return } }\nonRecordCreate(make())", True),
        ("routerUse(new Middleware((e) => { f() }))", True),
        ("routerUse(new Middleware((e) => e.next(), -1))", False),
        ("onRecordCreate(all.create)", False),
        ("const { create } = all\nonRecordCreate(create)", False),
        ("const a = b, b = a\nonRecordCreate(a)", False),
        ("onRecordCreate(function)", False),
        ("onMailerSend((e) => { if (e.message) return; e.next() })", False),
    ],
)
def test_a_handler_is_found_wherever_it_is_written(code: str, loses: bool) -> None:
    assert bool(kinds(code)) is loses


GO = [
    ("if a { return nil }; return e.Next()", ["return nil"]),
    ("if err := f(func() { g() }); err != nil {\nreturn err\n}\nreturn e.Next()", ["return err"]),
    ("if a {\nreturn e.Next()\n} else if b {\nreturn x\n} else {\nreturn y\n}", ["return x", "return y"]),
    ("for f := func() { g() }; f != nil; {\nreturn nil\n}\nreturn e.Next()", ["return nil"]),
    ("for _, a := range []int{1} {\nif a > 1 {\nreturn nil\n}\n}\nreturn e.Next()", ["return nil"]),
    ("switch a {\ncase 1:\nreturn nil\ncase 2, 3:\npanic(a)\ndefault:\n}\nreturn e.Next()", ["return nil"]),
    ("switch a {\ncase 1:\nreturn e.Next()\n}\nreturn nil", ["return nil"]),
    ("select {\ncase <-done:\nreturn nil\ndefault:\n}\nreturn e.Next()", ["return nil"]),
    ("{\nerr := e.Next()\nf(err)\n}\nreturn nil", []),
    ("{\nos.Exit(1)\n}\nreturn nil", []),
    ("text := `\nreturn nil\n`\nreturn e.\nNext()", []),
    ("return errors.Join(\ne.Next(),\nnil,\n)", []),
]


@pytest.mark.parametrize(("body", "lost"), GO)
def test_returns_of_go_before_the_call_are_found(body: str, lost: list[str]) -> None:
    (function, *_) = functions(list(tokens_of(f"func f(e *core.RecordEvent) error {{\n{body}\n}}")))
    found = returns_without(function.body, ("e", ".", "Next", "("))
    assert [" ".join(token.text for token in statement if token.text != ";") for statement in found] == lost


def test_functions_of_go_are_told_from_their_types() -> None:
    code = (
        "type F func(e int) error\ntype I interface { f(func()) }\n"
        "func (s *T) m(e *core.ServeEvent) error { return nil }\n"
        "var g = func(a []int, b interface{}) struct{ x int } { return nil }\nfunc\n"
    )
    found = [(one.name, one.parameter, one.type) for one in functions(list(tokens_of(code)))]
    assert found == [("m", "e", "*core.ServeEvent"), ("", "a", "[]int")]
