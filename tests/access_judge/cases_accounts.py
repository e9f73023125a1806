"""Schemas with several kinds of accounts, hidden fields, views over private data, and routes of their own."""

from __future__ import annotations

from .build import (
    ME,
    SIGNED_IN,
    Case,
    Leak,
    auth,
    base,
    date,
    flag,
    keep,
    maybe,
    mine,
    number,
    select,
    spoofless,
    text,
    to,
    view,
)
from .build import users as accounts

_BY_STAFF = "@request.auth.collectionName = 'staff'"
_CUSTOMER = f"{SIGNED_IN} && customer = {ME}"

SHOP = Case(
    "shop",
    [
        accounts(),
        auth("staff", [text("name")], list=f"id = {ME}", view=f"id = {ME}", update=f"id = {ME}"),
        base(
            "products",
            [text("title"), number("price"), flag("active")],
            list=f"active = true || {_BY_STAFF}",
            view=f"active = true || {_BY_STAFF}",
            create=_BY_STAFF,
            update=_BY_STAFF,
        ),
        base(
            "orders",
            [to("customer", "users"), number("total"), select("status", "cart", "ordered", "paid")],
            list=f"({_CUSTOMER}) || {_BY_STAFF}",
            view=f"({_CUSTOMER}) || {_BY_STAFF}",
            create=spoofless("customer") + " && @request.body.status = 'cart'",
            update=f"{_BY_STAFF} || ({_CUSTOMER} && status = 'cart' && @request.body.customer:isset = false"
            " && @request.body.status:isset = false)",
            delete=f"{_CUSTOMER} && status = 'cart'",
        ),
        base(
            "items",
            [to("order", "orders"), to("product", "products"), number("count")],
            list=f"({mine('order.customer')}) || {_BY_STAFF}",
            view=f"({mine('order.customer')}) || {_BY_STAFF}",
            create=mine("order.customer") + " && order.status = 'cart'",
            delete=mine("order.customer") + " && order.status = 'cart'",
        ),
    ],
    [
        Leak("products that are not on sale show", "products", {"list": "", "view": ""}),
        Leak("customers change prices", "products", {"update": SIGNED_IN}),
        Leak("guests add products", "products", {"create": ""}),
        Leak("every user sees all orders", "orders", {"list": SIGNED_IN}),
        Leak("customers mark orders as paid", "orders", {"update": f"{_BY_STAFF} || ({_CUSTOMER})"}),
        Leak("orders begin as paid", "orders", {"create": spoofless("customer")}),
        Leak("orders for another customer", "orders", {"create": f"{SIGNED_IN} && @request.body.status = 'cart'"}),
        Leak("paid orders are deleted", "orders", {"delete": _CUSTOMER}),
        Leak("items are put into another's order", "items", {"create": f"{SIGNED_IN} && order.status = 'cart'"}),
        Leak("items of all orders show", "items", {"view": SIGNED_IN}),
    ],
)

HIDDEN = Case(
    "hidden fields",
    [
        accounts(
            number("balance"),
            text("api_key", hidden=True),
            list=SIGNED_IN,
            view=SIGNED_IN,
            create="@request.body.balance:isset = false",
            update=f"id = {ME}" + keep("balance"),
        ),
        base(
            "profiles",
            [to("user", "users"), text("bio"), text("phone", hidden=True), text("staff_note", hidden=True)],
            list="",
            view="",
            create=spoofless("user"),
            update=mine("user") + keep("user"),
        ),
        base(
            "devices",
            [to("user", "users"), text("label"), text("push_token", hidden=True)],
            list=mine("user"),
            view=mine("user"),
            create=spoofless("user"),
            delete=mine("user"),
        ),
    ],
    [
        Leak("API keys show", "users", fields={"api_key": {"hidden": False}}),
        Leak("users set their balance", "users", {"update": f"id = {ME}"}),
        Leak("accounts begin with a balance", "users", {"create": ""}),
        Leak("phone numbers show", "profiles", fields={"phone": {"hidden": False}}),
        Leak("notes of the staff show", "profiles", fields={"staff_note": {"hidden": False}}),
        Leak("a profile is created for another", "profiles", {"create": SIGNED_IN}),
        Leak("devices of all users show", "devices", {"list": SIGNED_IN}),
        Leak("tokens of one's own devices show", "devices", fields={"push_token": {"hidden": False}}),
    ],
)

VIEWS = Case(
    "views",
    [
        accounts(text("name")),
        base(
            "payslips",
            [to("employee", "users"), number("amount"), select("month", "jan", "feb")],
            list=mine("employee"),
            view=mine("employee"),
        ),
        view("directory", "SELECT id, name FROM users", list=SIGNED_IN, view=SIGNED_IN),
        view(
            "own_payslips",
            "SELECT id, employee, amount FROM payslips",
            list=mine("employee"),
            view=mine("employee"),
        ),
        view("totals", "SELECT month AS id, SUM(amount) AS total FROM payslips GROUP BY month"),
    ],
    [
        Leak("the view shows all payslips", "own_payslips", {"list": SIGNED_IN, "view": SIGNED_IN}),
        Leak("a guest views payslips", "own_payslips", {"view": ""}),
        Leak("totals are public", "totals", {"list": ""}),
        Leak("the directory is public", "directory", {"list": "", "view": ""}),
        Leak("the directory shows addresses", "directory", query="SELECT id, name, email FROM users"),
        Leak("payslips are open", "payslips", {"view": SIGNED_IN}),
    ],
)

_PATIENT_OR_DOCTOR = f"{SIGNED_IN} && (patient = {ME} || doctor = {ME})"

CLINIC = Case(
    "auth lists",
    [
        accounts(text("name")),
        auth(
            "doctors",
            [text("name"), flag("licensed")],
            list=SIGNED_IN,
            view=SIGNED_IN,
            update=f"id = {ME}" + keep("licensed"),
        ),
        base(
            "appointments",
            [to("patient", "users"), to("doctor", "doctors"), date("at")],
            list=_PATIENT_OR_DOCTOR,
            view=_PATIENT_OR_DOCTOR,
            create=spoofless("patient"),
            update=mine("doctor") + keep("doctor") + keep("patient"),
            delete=_PATIENT_OR_DOCTOR,
        ),
        base(
            "records",
            [to("patient", "users"), maybe("doctor", "doctors"), text("diagnosis")],
            list=_PATIENT_OR_DOCTOR,
            view=_PATIENT_OR_DOCTOR,
            create=f"{SIGNED_IN} && @request.body.doctor = {ME} && @request.auth.licensed = true",
            update=mine("doctor") + keep("doctor") + keep("patient"),
        ),
    ],
    [
        Leak("every user lists all users", "users", {"list": SIGNED_IN}),
        Leak("guests view accounts", "users", {"view": ""}),
        Leak("users manage each other", "users", {"manage": SIGNED_IN, "update": SIGNED_IN}),
        Leak("users delete each other", "users", {"delete": SIGNED_IN}),
        Leak("doctors license themselves", "doctors", {"update": f"id = {ME}"}),
        Leak("patients change appointments", "appointments", {"update": _PATIENT_OR_DOCTOR + keep("patient")}),
        Leak("all doctors read all records", "records", {"view": "@request.auth.collectionName = 'doctors'"}),
        Leak(
            "guests read records without a doctor",
            "records",
            {"list": f"patient = {ME} || doctor = {ME}", "view": f"patient = {ME} || doctor = {ME}"},
        ),
        Leak(
            "doctors without a licence write records",
            "records",
            {"create": f"{SIGNED_IN} && @request.body.doctor = {ME}"},
        ),
    ],
)

CASES = [SHOP, HIDDEN, VIEWS, CLINIC]
