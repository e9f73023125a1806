"""A marketplace: shops of users, products in public sight, orders, reviews of what was bought, coupons."""

from __future__ import annotations

from blind_judge.app import App
from blind_judge.schema import auth, base, view
from blind_judge.world import FUTURE, PAST, World

ME = "@request.auth.id != ''"
SELLER = f"{ME} && shop.owner = @request.auth.id"
FOOD = "(@request.auth.trusted = true || @request.body.tags:each != 'food')"
ON_SALE = "state = 'live' && shop.closed = false"

APP = App(
    "marketplace",
    "Anybody browses what is on sale; buyers order and review what they got; sellers see the orders of their shop.",
    [
        auth(
            "users",
            "name:text trusted:bool balance:number",
            read=f"{ME} && id = @request.auth.id",
            create="trusted = false && balance = 0",
            update=f"{ME} && id = @request.auth.id && @request.body.trusted:isset = false"
            " && @request.body.balance:isset = false",
        ),
        base(
            "shops",
            "owner:users! name:text! closed:bool iban:text/hidden",
            read=f"closed = false || ({ME} && owner = @request.auth.id)",
            create=f"{ME} && @request.auth.verified = true && owner = @request.auth.id",
            update=f"{ME} && owner = @request.auth.id && @request.body.owner:changed = false",
        ),
        base(
            "products",
            "shop:shops! title:text! price:number state:select(draft|live|removed)!"
            " tags:select(new|used|art|food)/many",
            read=f"({ON_SALE}) || ({SELLER} && state != 'removed')",
            create=f"{SELLER} && state = 'draft' && {FOOD}",
            update=f"{SELLER} && state != 'removed' && @request.body.shop:changed = false && {FOOD}",
        ),
        base(
            "orders",
            "buyer:users! product:products! address:text! status:select(new|paid|sent|done)! receipt:file/protected",
            read=f"{ME} && (buyer = @request.auth.id || product.shop.owner = @request.auth.id)",
            create=f"{ME} && buyer = @request.auth.id && status = 'new' && product.state = 'live'"
            " && product.shop.closed = false",
            update=f"{ME} && product.shop.owner = @request.auth.id && status = 'paid' && @request.body.status = 'sent'"
            " && @request.body.buyer:isset = false && @request.body.product:isset = false"
            " && @request.body.address:isset = false",
        ),
        base(
            "reviews",
            "order:orders! author:users! stars:number text:text",
            read="",
            create=f"{ME} && author = @request.auth.id && order.buyer = @request.auth.id && order.status = 'done'",
            update=f"{ME} && author = @request.auth.id && @request.body.author:changed = false"
            " && @request.body.order:changed = false",
            delete=f"{ME} && author = @request.auth.id",
            unique="`order`",
        ),
        base(
            "coupons",
            "shop:shops! code:text! until:date! used:bool",
            read=f"({ME} && shop.owner = @request.auth.id) || (@request.query.code != '' && code = @request.query.code"
            " && until > @now && used = false)",
            create=SELLER,
            update=f"{SELLER} && @request.body.shop:changed = false && (@request.body.used:isset = false"
            " || @request.body.used = true)",
            unique="code",
        ),
        view(
            "ratings",
            "SELECT p.id, p.title, COUNT(r.id) AS reviews, AVG(r.stars) AS stars FROM products p"
            " JOIN shops s ON s.id = p.shop LEFT JOIN orders o ON o.product = p.id"
            " LEFT JOIN reviews r ON r.`order` = o.id WHERE p.state = 'live' AND s.closed = FALSE GROUP BY p.id",
            read="",
        ),
    ],
)


def _product(w: World, state: str = "live", closed: bool = False) -> dict[str, str]:
    owner = w.user("users")
    shop = w.add("shops", owner=owner, name="s", closed=closed, iban="DE00")
    return {"owner": owner, "shop": shop, "product": w.add("products", shop=shop, title="t", state=state)}


def _order(w: World, status: str = "done") -> dict[str, str]:
    made, buyer = _product(w), w.user("users")
    fields = {"buyer": buyer, "product": made["product"], "address": "home", "status": status, "receipt": b"x"}
    return {**made, "buyer": buyer, "order": w.add("orders", **fields)}


@APP.use
def buyer_orders_and_reviews(w: World) -> bool:
    made, buyer = _product(w), w.user("users")
    order = buyer.create("orders", buyer=buyer, product=made["product"], address="x", status="new")
    w.change("orders", order, status="done")
    seller = w.user("users")
    shop = w.add("shops", owner=seller, name="s")
    product = seller.create("products", shop=shop, title="t", state="draft", tags=["art", "new"])
    if not seller.update("products", product, title="u"):
        return False
    return buyer.create("reviews", order=order, author=buyer, stars=5) != "" and w.guest.lists(
        "ratings", made["product"]
    )


@APP.leak(
    "self-promotion",
    "users.update",
    " && @request.body.balance:isset = false",
    "",
    "A user writes any balance into his own account.",
)
def user_fills_balance(w: World) -> bool:
    user = w.user("users")
    return user.update("users", user, balance=1000)


@APP.leak(
    "give-away", "shops.update", " && @request.body.owner:changed = false", "", "A seller foists his shop on another."
)
def seller_gives_shop_away(w: World) -> bool:
    owner, victim = w.user("users"), w.user("users")
    return owner.update("shops", w.add("shops", owner=owner, name="s"), owner=victim)


@APP.leak(
    "republish",
    "products.update",
    " && state != 'removed'",
    "",
    "A seller brings a removed product back on sale.",
)
def seller_restores_removed(w: World) -> bool:
    owner = w.user("users")
    product = w.add("products", shop=w.add("shops", owner=owner, name="s"), title="t", state="removed")
    owner.update("products", product, state="live")
    return w.guest.sees("products", product)


@APP.leak(
    "precedence",
    "orders.read",
    "(buyer = @request.auth.id || product.shop.owner = @request.auth.id)",
    "buyer = @request.auth.id || product.shop.owner != ''",
    "Guests read every order with its address: the brackets around the alternatives are gone.",
)
def guest_reads_orders(w: World) -> bool:
    return w.guest.sees("orders", _order(w)["order"])


@APP.leak(
    "any-row",
    "reviews.create",
    "order.buyer = @request.auth.id && order.status = 'done'",
    "@collection.orders.buyer ?= @request.auth.id && @collection.orders.status ?= 'done'",
    "Whoever bought anything reviews any order of anybody.",
)
def buyer_reviews_foreign_order(w: World) -> bool:
    made, mine = _order(w), _order(w)
    attacker = w.user("users")
    w.change("orders", mine["order"], buyer=attacker)
    return attacker.create("reviews", order=made["order"], author=attacker, stars=1) != ""


@APP.leak(
    "tilde",
    "coupons.read",
    "code = @request.query.code",
    "code ~ @request.query.code",
    "A guest finds coupons by one letter of their code.",
)
def guest_guesses_coupon(w: World) -> bool:
    coupon = w.add("coupons", shop=_product(w)["shop"], code="SPRING-8361", until=FUTURE)
    return w.guest.lists("coupons", coupon, code="S")


@APP.leak(
    "sibling-lacks",
    "orders.create",
    " && product.shop.closed = false",
    "",
    "A buyer orders from a shop that is closed.",
)
def buyer_orders_from_closed_shop(w: World) -> bool:
    made, buyer = _product(w, closed=True), w.user("users")
    return buyer.create("orders", buyer=buyer, product=made["product"], address="x", status="new") != ""


@APP.leak(
    "republish",
    "coupons.read",
    " && until > @now",
    "",
    "A coupon can be redeemed after its last day.",
)
def guest_finds_expired_coupon(w: World) -> bool:
    coupon = w.add("coupons", shop=_product(w)["shop"], code="OLD-2020", until=PAST)
    return w.guest.sees("coupons", coupon, code="OLD-2020")


@APP.leak(
    "list-as-value",
    "products.create",
    "@request.body.tags:each != 'food'",
    "@request.body.tags != 'food'",
    "A seller whom nobody has checked offers food: the list of tags is compared as a text.",
)
def seller_offers_food(w: World) -> bool:
    owner = w.user("users")
    shop = w.add("shops", owner=owner, name="s")
    return owner.create("products", shop=shop, title="t", state="draft", tags=["food"]) != ""


@APP.leak(
    "any-vs-all",
    "products.update",
    "@request.body.tags:each != 'food'",
    "@request.body.tags:each ?!= 'food'",
    "A seller whom nobody has checked offers food, as soon as he adds another tag.",
)
def seller_offers_new_food(w: World) -> bool:
    made = _product(w)
    owner = w.user("users")
    w.change("shops", made["shop"], owner=owner)
    return owner.update("products", made["product"], tags=["food", "new"])


@APP.leak("filter", "shops.iban.hidden", None, False, "A guest finds out the bank account of a shop by filters.")
def guest_filters_by_iban(w: World) -> bool:
    return w.guest.lists("shops", _product(w)["shop"], filter="iban ~ 'DE%'", fields="id")


APP.twin(
    "orders.update",
    "status = 'paid' && @request.body.status = 'sent'",
    "(status = 'paid' || status = 'sent') && (@request.body.status = 'sent' || @request.body.status = 'done')",
    "The seller, who does not own the orders, moves them on.",
)
