"""The one reader of JavaScript: tokens, scopes and routes."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from _pb.access.route_inputs import inputs_of
from _pb.languages.javascript import Source, Span
from _pb.languages.javascript_routes import added_routes
from _pb.languages.javascript_scopes import Scopes
from _pb.languages.javascript_tokens import COMMENT, REGEX, SPACE, TEXT, tokens
from _pb.languages.routes import Route, find_routes
from _pb.lint.hook_mistakes import hook_mistakes

# Programs, as pairs of what is written and the texts of its regular expressions in their order.
Written = tuple[str, tuple[str, ...]]
_NAMES = st.sampled_from(["a", "b$", "_c", "of", "get", "ä"])
_REGEXES = st.sampled_from([r"/a[/]b/g", r"/\//", r"/'/", r"/[`{]/i", r"/}/u"])
_ATOMS: st.SearchStrategy[Written] = st.one_of(
    st.tuples(_NAMES, st.just(())),
    st.sampled_from(["1", "0x1F", "1.5e-3", "'it\\'s /x/'", '"// no"', "`/*`", "this"]).map(lambda text: (text, ())),
    _REGEXES.map(lambda text: (text, (text,))),
)


def _join(*parts: str | Written) -> Written:
    pairs = [(part, ()) if isinstance(part, str) else part for part in parts]
    return "".join(text for text, _ in pairs), tuple(regex for _, found in pairs for regex in found)


def _expressions(inner: st.SearchStrategy[Written]) -> st.SearchStrategy[Written]:
    return st.one_of(
        st.tuples(_ATOMS, inner).map(lambda two: _join(two[0], " / ", two[1])),
        inner.map(lambda one: _join("(", one, ") / 2 / b$")),
        inner.map(lambda one: _join("a[", one, "] / 2 / 1")),
        inner.map(lambda one: _join("`x${", one, "}y${ {k: 1}.k / 2 }` / 2")),
        inner.map(lambda one: _join("{k: ", one, ", 'l': 1} / 2 / 1")).map(lambda one: _join("(", one, ")")),
        inner.map(lambda one: _join("function (a, b$) { return ", one, " }")).map(lambda one: _join("(", one, ") / 1")),
        inner.map(lambda one: _join("a ? ", one, " : {k: 2} / 2")),
        inner.map(lambda one: _join("a.return / 2 / ", one)),
        inner.map(lambda one: _join("(a, b$) => { f(", one, ") }")),
    )


_EXPRESSIONS = st.recursive(_ATOMS, _expressions, max_leaves=6)
_STATEMENTS: st.SearchStrategy[Written] = st.one_of(
    _EXPRESSIONS.map(lambda one: _join("x = ", one, ";\n")),
    st.tuples(_EXPRESSIONS, _REGEXES).map(lambda two: _join("if (", two[0], ") ", (two[1], (two[1],)), ".test(a);\n")),
    _REGEXES.map(lambda text: _join("{ f(1) }\n", (text, (text,)), ".exec(a);\n")),
    _REGEXES.map(lambda text: _join("function f() {} ", (text, (text,)), ".exec(a);\n")),
    _EXPRESSIONS.map(lambda one: _join("/* ", "'", " */ for (const k of ", one, ") { a++ / 2 / 1 } // ` '\n")),
    _REGEXES.map(lambda text: _join("switch (a) { case 1: ", (text, (text,)), ".test(a) }\n")),
)


@given(st.lists(_STATEMENTS, max_size=6))
@example([("for (const k of of / a) { a++ / 2 / 1 }", ())])
def test_the_tokens_of_a_program_are_its_text_and_its_regular_expressions_are_told_from_divisions(
    statements: list[Written],
) -> None:
    text, regexes = _join(*statements)
    found = tokens(text)
    assert "".join(token.text for token in found) == text
    assert [token.text for token in found if token.kind == REGEX] == list(regexes)


@given(st.text(alphabet="/*`'\"${}()[]\\\n ab=>;:?.,", max_size=40))
def test_any_text_is_read_to_its_end(text: str) -> None:
    found = tokens(text)
    assert "".join(token.text for token in found) == text
    list(hook_mistakes(Source(text)))


def outside_names(code: str) -> list[str]:
    return [mistake.kind for mistake in hook_mistakes(Source(code)) if mistake.kind == "outside-name"]


def test_a_block_comment_ends_at_its_first_end() -> None:
    kinds = [token.kind for token in tokens("/* */5 */ 'x'") if token.kind != SPACE]
    assert kinds[0] == COMMENT
    assert kinds[-1] == TEXT
    assert kinds.count(COMMENT) == 1


def test_code_inside_of_a_template_is_code() -> None:
    code = "const KEY = 1\nonRecordCreate((e) => { console.log(`a ${ `b ${KEY}` } c`); e.next() })"
    assert [(mistake.kind, Source(code).line(mistake.position)) for mistake in hook_mistakes(Source(code))] == [
        ("outside-name", 2)
    ]


@pytest.mark.parametrize(
    "declared",
    [
        "const {KEY} = x",
        "const {a: KEY} = x",
        "const a = 1, KEY = 2",
        "let a = f(1, 2),\n  KEY = 2",
        "const [, KEY = 1] = x",
        "class KEY {}",
        "function KEY() {}",
        "for (const KEY of x) {}\n var y = 1",
    ],
)
def test_every_kind_of_declaration_is_known(declared: str) -> None:
    outside = f"{declared}\nonRecordCreate((e) => {{ e.set(KEY); e.next() }})"
    inside = f"onRecordCreate((e) => {{ {declared}; e.set(KEY); e.next() }})"
    visible = "KEY" in Scopes(Source(declared)).top_level()
    assert outside_names(outside) == ["outside-name"] * visible
    assert outside_names(inside) == []


@pytest.mark.parametrize(
    "used",
    [
        "[1].map((KEY) => KEY)",
        "try { f() } catch (KEY) { KEY.x }",
        "typeof KEY",
        "({KEY: 1}).KEY",
        "e.KEY",
        "((a, {KEY}) => KEY)(1, {})",
        "(function KEY(n) { return KEY })()",
        "for (let KEY = 0; KEY < 2; KEY++) { e.set(KEY) }",
        "class A { KEY(KEY) { return KEY } }",
    ],
)
def test_a_name_of_its_own_is_no_name_of_the_file(used: str) -> None:
    code = f"const KEY = 1\nonRecordCreate((e) => {{ {used}; e.next() }})"
    assert outside_names(code) == []


def test_a_name_is_seen_only_in_its_scope() -> None:
    source = Source("const KEY = 1; function f(e) { { let KEY = 2; KEY.a } KEY.b }")
    body = Span(4, len(source.tokens))
    assert [path.names for path, _ in Scopes(source).from_outside(body) if path.root == "KEY"] == [("KEY", "b")]


@pytest.mark.parametrize("code", ["try { e.app.reload() } catch (e) {}", "console.log('x', e)"])
def test_a_caught_error_and_a_log_hand_nothing_on(code: str) -> None:
    kinds = [mistake.kind for mistake in hook_mistakes(Source(f"onRecordCreate((e) => {{ {code} }})"))]
    assert "no-next" in kinds


HOOKS = """
// routerAdd("GET", "/api/old/{id}", (e) => e.json(200, {}))
const PREFIX = "/api/shop", VERSION = `${PREFIX}/v1`
const help = 'routerAdd("GET", "/api/text", f)'
function report(e) { return e.json(200, $app.findRecordById("invoices", e.requestInfo().query["invoice"])) }
routerAdd("GET", VERSION + "/report", report)
routerAdd("post", `${VERSION}/pay`, (e) => {
  const info = e.requestInfo(), {order: id, "note": note} = info.body
  return e.json(200, {like: "/api/shop/v1/report", id})
})
routerAdd("GET", name(), (e) => {})
"""


def test_a_route_is_read_with_the_constants_and_the_handler_of_its_own_call(tmp_path: Path) -> None:
    (tmp_path / "pb_hooks").mkdir()
    (tmp_path / "pb_hooks" / "shop.pb.js").write_text(HOOKS, "utf-8")
    file = str(Path("pb_hooks") / "shop.pb.js")
    report, pay = find_routes(tmp_path)
    assert (report, pay) == (Route("GET", "/api/shop/v1/report", file), Route("POST", "/api/shop/v1/pay", file))
    assert inputs_of(report, tmp_path, ["invoices"]) == ([], ["invoice"], [], "invoices")
    assert inputs_of(pay, tmp_path, ["orders", "invoices"]).body == ["order", "note"]
    assert inputs_of(pay, tmp_path, ["orders", "invoices"]).query == []


def test_a_route_in_another_text_is_none() -> None:
    assert list(added_routes(Source('x = \'routerAdd("GET", "/a", f)\'; e.routerAdd(1)'))) == []
