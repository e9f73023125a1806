"""What the handler of a route in Go reads of a request."""

from __future__ import annotations

from _pb.languages.go import read_handler

CODE = """package routes

import "net/http"

const orders = "orders" // not "invoices"

type paid struct {
	Order string `json:"order" form:"order_id"`
	Note  string `json:"note,omitempty"`
}

type unused struct {
	Other string `json:"other"`
}

func show(e *core.RequestEvent, wanted interface{ Name() string }) (struct{ ok bool }, error) {
	// e.Request.URL.Query().Get("commented")
	id := e.Request.URL.Query().Get("order")
	q := e.Request.URL.Query()
	if q.Has("since") && other.Get("header") != "}" {
		record, err := e.App.FindRecordById(orders, id)
	}
	info, _ := e.RequestInfo()
	return info.Query["page"], '{'
}

func bind(se *core.ServeEvent) {
	se.Router.POST("/pay", func(e *core.RequestEvent) error {
		data := paid{}
		body := info.Body
		e.BindBody(&data)
		_ = body["coupon"]
		_ = e.Request.FormValue("either")
		return e.JSON(200, data)
	})
	later("invoices", func() { _ = q.Get("beyond") })
}
"""


def line_of(text: str) -> int:
    return CODE[: CODE.index(text)].count("\n") + 1


def test_a_named_handler_reads_its_query_and_names_its_collection() -> None:
    found = read_handler(CODE, line_of("func show"))
    assert found.query == ["order", "since", "page"]
    assert found.body == []
    assert "orders" in found.texts
    assert "invoices" not in found.texts


def test_an_inner_handler_reads_its_body_by_the_tags_of_what_it_is_bound_to() -> None:
    found = read_handler(CODE, line_of("func(e *core.RequestEvent) error {\n\t\tdata"))
    assert (found.query, found.body) == (["either"], ["coupon", "either", "order", "order_id", "note"])


def test_a_line_without_a_function_reads_nothing() -> None:
    assert read_handler(CODE, 999) == ([], [], [])
    assert read_handler("func broken() {", 1) == ([], [], [])
