"""A help desk: agents in teams, customers, guests with a token, inner replies, a knowledge base, routes."""

from __future__ import annotations

from blind_judge.app import App
from blind_judge.schema import auth, base
from blind_judge.world import World

AGENT = "@request.auth.collectionName = 'agents'"
TEAM = f"{AGENT} && @request.auth.team != '' && team = @request.auth.team"
LEAD = f"{AGENT} && @request.auth.level = 'lead'"
MINE = "@request.auth.collectionName = 'customers' && customer = @request.auth.id"
TOKEN = "@request.query.token != '' && token = @request.query.token"

HOOKS = """
routerAdd("GET", "/api/desk/tickets/{id}/transcript", (e) => {
  const ticket = $app.findRecordById("tickets", e.request.pathValue("id"));
  const agent = e.auth.collection().name === "agents" && e.auth.get("team") === ticket.get("team");
  if (!agent && ticket.get("customer") !== e.auth.id) throw new ForbiddenError("Not your ticket.");
  const replies = $app.findRecordsByFilter("replies",
    "ticket = {:id} && internal = false", "", 100, 0, {id: ticket.id});
  return e.json(200, replies.map((reply) => reply.get("text")));
}, $apis.requireAuth("agents", "customers"));

routerAdd("GET", "/api/desk/load", (e) => {
  if (e.auth.get("level") !== "lead") throw new ForbiddenError("For leads.");
  const open = $app.findRecordsByFilter("tickets", "status != 'closed'", "", 500, 0);
  return e.json(200, open.map((ticket) => ({subject: ticket.get("subject"), team: ticket.get("team")})));
}, $apis.requireAuth("agents"));

routerAdd("GET", "/api/desk/digest", (e) => {
  const news = $app.findRecordsByFilter("articles", "live = true && audience != 'agents'", "", 50, 0);
  return e.json(200, news.map((article) => article.get("title")));
}, $apis.requireAuth());
"""

APP = App(
    "helpdesk",
    "Customers and guests with a token follow their tickets; agents work on those of their team; leads on all.",
    [
        base("teams", "name:text!", read=AGENT),
        auth(
            "agents",
            "name:text level:select(first|second|lead) team:teams",
            read=f"{AGENT} || @request.auth.collectionName = 'customers'",
            create=f"{LEAD} && level != 'lead'",
            update=f"({AGENT} && id = @request.auth.id && @request.body.level:changed = false"
            f" && @request.body.team:changed = false) || ({LEAD} && id != @request.auth.id && level != 'lead'"
            " && @request.body.level != 'lead')",
        ),
        auth(
            "customers",
            "name:text company:text phone:text/hidden",
            read=f"{AGENT} || (@request.auth.collectionName = 'customers' && id = @request.auth.id)",
            create="",
            update="@request.auth.collectionName = 'customers' && id = @request.auth.id",
            auth="verified = true",
        ),
        base(
            "tickets",
            "customer:customers team:teams! agent:agents subject:text! status:select(open|waiting|closed)! token:text",
            read=f"({MINE}) || ({TEAM}) || ({LEAD}) || ({TOKEN} && status != 'closed')",
            create=f"{MINE} && status = 'open' && agent = '' && token = ''",
            update=f"({MINE} && status != 'closed' && @request.body.status = 'closed'"
            " && @request.body.agent:isset = false && @request.body.team:isset = false"
            " && @request.body.customer:isset = false && @request.body.token:isset = false"
            " && @request.body.subject:isset = false)"
            f" || ({TEAM} && @request.body.customer:changed = false && @request.body.token:isset = false)",
        ),
        base(
            "replies",
            "ticket:tickets!/cascade agent:agents customer:customers text:text! internal:bool file:file/protected",
            read="(@request.auth.collectionName = 'customers' && ticket.customer = @request.auth.id"
            " && internal = false)"
            f" || ({AGENT} && @request.auth.team != '' && ticket.team = @request.auth.team) || ({LEAD})",
            create="(@request.auth.collectionName = 'customers' && ticket.customer = @request.auth.id"
            " && customer = @request.auth.id && agent = '' && internal = false && ticket.status != 'closed')"
            f" || ({AGENT} && @request.auth.team != '' && ticket.team = @request.auth.team && agent = @request.auth.id"
            " && customer = '')",
        ),
        base(
            "articles",
            "title:text! body:editor audience:select(all|customers|agents)! live:bool author:agents!",
            read=f"(live = true && audience = 'all') || ({AGENT})"
            " || (live = true && audience = 'customers' && @request.auth.collectionName = 'customers')",
            create=f"{AGENT} && author = @request.auth.id",
            update=f"(({AGENT} && author = @request.auth.id) || ({LEAD})) && @request.body.author:changed = false",
        ),
    ],
    HOOKS,
)


def _ticket(w: World, **more: object) -> dict[str, str]:
    team, customer = w.add("teams", name="t"), w.user("customers", phone="0123")
    fields = {"customer": customer, "team": team, "subject": "Leaking tap", "status": "open", **more}
    return {"team": team, "customer": customer, "ticket": w.add("tickets", **fields)}


@APP.use
def customer_and_agent_talk(w: World) -> bool:
    team, customer = w.add("teams", name="t"), w.user("customers")
    agent = w.user("agents", level="first", team=team)
    ticket = customer.create("tickets", customer=customer, team=team, subject="s", status="open")
    reply = agent.create("replies", ticket=ticket, agent=agent, text="hello")
    answers = customer.sees("replies", reply) and agent.update("tickets", ticket, status="waiting")
    transcript = customer.get(f"/api/desk/tickets/{ticket}/transcript") == (200, ["hello"])
    return answers and transcript and customer.update("tickets", ticket, status="closed")


@APP.leak(
    "route",
    "hooks",
    '  if (!agent && ticket.get("customer") !== e.auth.id) throw new ForbiddenError("Not your ticket.");\n',
    "",
    "Any customer reads the transcript of any ticket.",
    also="/api/desk/tickets/{id}/transcript",
)
def customer_reads_foreign_transcript(w: World) -> bool:
    made, customer = _ticket(w), w.user("customers")
    w.add("replies", ticket=made["ticket"], text="secret")
    return customer.get(f"/api/desk/tickets/{made['ticket']}/transcript") == (200, ["secret"])


@APP.leak(
    "route",
    "hooks",
    '  if (e.auth.get("level") !== "lead") throw new ForbiddenError("For leads.");\n',
    "",
    "Any agent reads the subjects of the tickets of all teams.",
    also="/api/desk/load",
)
def agent_reads_load(w: World) -> bool:
    _ticket(w)
    agent = w.user("agents", level="first", team=w.add("teams", name="u"))
    return "Leaking tap" in str(agent.get("/api/desk/load")[1])


@APP.leak(
    "route",
    "hooks",
    "}, $apis.requireAuth());",
    "});",
    "Guests read the titles of what is written for customers only.",
    also="/api/desk/digest",
)
def guest_reads_digest(w: World) -> bool:
    w.add("articles", title="For customers", audience="customers", live=True, author=w.user("agents"))
    return "For customers" in str(w.guest.get("/api/desk/digest")[1])


@APP.leak(
    "route",
    "hooks",
    " && internal = false",
    "",
    "A customer reads inner replies in the transcript of his ticket.",
    also="/api/desk/tickets/{id}/transcript replies",
)
def customer_reads_inner_transcript(w: World) -> bool:
    team, customer = w.add("teams", name="t"), w.user("customers")
    ticket = w.add("tickets", customer=customer, team=team, subject="s", status="open")
    w.add("replies", ticket=ticket, text="what a fool", internal=True)
    return "what a fool" in str(customer.get(f"/api/desk/tickets/{ticket}/transcript")[1])


@APP.leak(
    "sibling-lacks",
    "replies.read",
    " && internal = false",
    "",
    "A customer reads what agents wrote among themselves about his ticket.",
)
def customer_reads_inner_reply(w: World) -> bool:
    team, customer = w.add("teams", name="t"), w.user("customers")
    ticket = w.add("tickets", customer=customer, team=team, subject="s", status="open")
    return customer.sees("replies", w.add("replies", ticket=ticket, text="fool", internal=True))


@APP.leak(
    "empty-equals-empty",
    "tickets.read",
    "@request.query.token != '' && ",
    "",
    "A guest without a token lists the tickets that have none.",
)
def guest_lists_tickets(w: World) -> bool:
    return w.guest.lists("tickets", _ticket(w)["ticket"])


@APP.leak(
    "anothers-name",
    "replies.create",
    "customer = @request.auth.id && agent = ''",
    "customer = @request.auth.id",
    "A customer answers his ticket in the name of an agent.",
)
def customer_answers_as_agent(w: World) -> bool:
    team, customer = w.add("teams", name="t"), w.user("customers")
    ticket = w.add("tickets", customer=customer, team=team, subject="s", status="open")
    agent = w.user("agents", team=team)
    return customer.create("replies", ticket=ticket, customer=customer, agent=agent, text="refund!") != ""


@APP.leak(
    "tenant-hop",
    "agents.update",
    " && @request.body.team:changed = false",
    "",
    "An agent moves himself into another team and reads its tickets.",
)
def agent_changes_team(w: World) -> bool:
    made, agent = _ticket(w), w.user("agents", level="first", team=w.add("teams", name="u"))
    agent.update("agents", agent, team=made["team"])
    return agent.sees("tickets", made["ticket"])


@APP.leak(
    "precedence",
    "articles.read",
    "(live = true && audience = 'all') || (",
    "live = true && audience = 'all' || audience != 'agents' || (",
    "Guests read drafts, and what is for customers only.",
)
def guest_reads_draft(w: World) -> bool:
    article = w.add("articles", title="t", audience="customers", live=False, author=w.user("agents"))
    return w.guest.sees("articles", article)


@APP.leak("unverified", "customers.auth", None, "", "Somebody signs in as a customer with an address that is not his.")
def unverified_customer_signs_in(w: World) -> bool:
    return w.user("customers", verified=False).signs_in()


@APP.leak(
    "open-signup",
    "agents.create",
    "@request.auth.collectionName = 'agents' && @request.auth.level = 'lead' && level != 'lead'",
    "level = 'first'",
    "Anybody makes himself an agent and reads the customers.",
)
def stranger_becomes_agent(w: World) -> bool:
    return w.guest.sign_up("agents", level="first") != ""


APP.twin(
    "customers.manage",
    None,
    f"{AGENT} && @request.auth.level = 'lead'",
    "The lead of the support resets the passwords of customers.",
)
