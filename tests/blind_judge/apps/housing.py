"""A housing association, with Dutch names: residents and their flats over time, a board, votes, minutes."""

from __future__ import annotations

from blind_judge.app import App
from blind_judge.schema import auth, base, view
from blind_judge.world import FUTURE, PAST, Person, World

IK = "@request.auth.collectionName = 'bewoners' && @request.auth.id != ''"
LID = (
    f"{IK} && @request.auth.verified = true && @collection.bewoningen:ik.bewoner ?= @request.auth.id"
    " && @collection.bewoningen:ik.tot ?> @now"
)
BESTUUR = f"{LID} && @collection.bestuur.bewoner ?= @request.auth.id && @collection.bestuur.tot ?> @now"
WOONT = (
    "@collection.bewoningen.bewoner ?= @request.auth.id && @collection.bewoningen.woning ?= woning"
    " && @collection.bewoningen.tot ?> @now"
)
OPEN = "vergadering.opent <= @now && vergadering.sluit > @now"

APP = App(
    "housing",
    "Residents report damage in their flat and vote once at meetings; a board serves for a time.",
    [
        auth(
            "bewoners",
            "naam:text telefoon:text",
            read=f"({IK} && id = @request.auth.id) || ({BESTUUR})",
            create="",
            update=f"{IK} && id = @request.auth.id",
        ),
        base("woningen", "nummer:text! verdieping:number", read=LID),
        base(
            "bewoningen",
            "woning:woningen! bewoner:bewoners! tot:date!",
            read=f"({IK} && bewoner = @request.auth.id) || ({BESTUUR})",
            create=f"{BESTUUR} && bewoner != @request.auth.id",
        ),
        base("bestuur", "bewoner:bewoners! functie:select(voorzitter|penning|lid)! tot:date!", read=LID),
        base(
            "meldingen",
            "woning:woningen! melder:bewoners! tekst:text! foto:file/protected stand:select(nieuw|bezig|klaar)!",
            read=f"({LID} && {WOONT}) || ({BESTUUR})",
            create=f"{LID} && melder = @request.auth.id && stand = 'nieuw' && {WOONT}",
            update=f"{BESTUUR} && @request.body.melder:changed = false && @request.body.woning:changed = false",
        ),
        base("vergaderingen", "titel:text! opent:date! sluit:date!", read=LID, create=BESTUUR),
        base(
            "stemmen",
            "vergadering:vergaderingen! bewoner:bewoners! keuze:select(voor|tegen|blanco)!",
            read=f"{IK} && bewoner = @request.auth.id",
            create=f"{LID} && bewoner = @request.auth.id && {OPEN}",
            unique="vergadering,bewoner",
        ),
        base(
            "notulen",
            "vergadering:vergaderingen! tekst:editor schrijver:bewoners! vastgesteld:bool",
            read=f"({LID} && vastgesteld = true) || ({BESTUUR})",
            create=f"{BESTUUR} && schrijver = @request.auth.id && vastgesteld = false",
            update=f"{BESTUUR} && vastgesteld = false && @request.body.schrijver:changed = false"
            " && @request.body.vergadering:changed = false",
        ),
        view(
            "uitslag",
            "SELECT (v.id || '-' || s.keuze) AS id, v.titel, s.keuze, COUNT(s.id) AS aantal FROM vergaderingen v"
            " JOIN stemmen s ON s.vergadering = v.id WHERE v.sluit < strftime('%Y-%m-%d %H:%M:%fZ', 'now')"
            " GROUP BY v.id, s.keuze",
            read=LID,
        ),
    ],
)


def _resident(w: World, woning: str = "", **more: object) -> Person:
    bewoner = w.user("bewoners", **more)
    w.add("bewoningen", woning=woning or w.add("woningen", nummer="9"), bewoner=bewoner, tot=FUTURE)
    return bewoner


def _board(w: World, tot: str = FUTURE) -> Person:
    bewoner = _resident(w)
    w.add("bestuur", bewoner=bewoner, functie="lid", tot=tot)
    return bewoner


def _report(w: World) -> str:
    woning = w.add("woningen", nummer="1")
    return w.add("meldingen", woning=woning, melder=_resident(w, woning), tekst="t", stand="nieuw", foto=b"x")


def _meeting(w: World, sluit: str = FUTURE) -> str:
    return w.add("vergaderingen", titel="v", opent=PAST, sluit=sluit)


@APP.use
def residents_report_and_vote(w: World) -> bool:
    woning, board = w.add("woningen", nummer="1"), _board(w)
    bewoner = _resident(w, woning)
    melding = bewoner.create("meldingen", woning=woning, melder=bewoner, tekst="t", stand="nieuw")
    meeting = board.create("vergaderingen", titel="v", opent=PAST, sluit=FUTURE)
    vote = bewoner.create("stemmen", vergadering=meeting, bewoner=bewoner, keuze="voor")
    return board.update("meldingen", melding, stand="bezig") and bewoner.sees("stemmen", vote)


@APP.leak("republish", "stemmen.indexes", None, [], "A resident votes as often as he likes.")
def resident_votes_twice(w: World) -> bool:
    bewoner, meeting = _resident(w), _meeting(w)
    vote = {"vergadering": meeting, "bewoner": bewoner, "keuze": "voor"}
    return bewoner.create("stemmen", None, **vote) != "" and bewoner.create("stemmen", None, **vote) != ""


@APP.leak(
    "sibling-lacks",
    "notulen.update",
    " && @collection.bestuur.tot ?> @now",
    "",
    "Somebody who left the board goes on writing the minutes.",
)
def former_board_member_writes(w: World) -> bool:
    minutes = w.add("notulen", vergadering=_meeting(w), schrijver=_board(w), tekst="x")
    return _board(w, tot=PAST).update("notulen", minutes, tekst="mine")


@APP.leak(
    "two-rows",
    "vergaderingen.create",
    "@collection.bestuur.tot ?> @now",
    "@collection.bestuur:nu.tot ?> @now",
    "Somebody whose term is over calls a meeting, because others are on the board now.",
)
def former_board_member_calls_meeting(w: World) -> bool:
    _board(w)
    return _board(w, tot=PAST).create("vergaderingen", titel="v", opent=PAST, sluit=FUTURE) != ""


@APP.leak(
    "any-row",
    "meldingen.read",
    " && @collection.bewoningen.woning ?= woning",
    "",
    "Any resident reads the reports of all flats.",
)
def neighbour_reads_report(w: World) -> bool:
    return _resident(w, w.add("woningen", nummer="2")).sees("meldingen", _report(w))


@APP.leak(
    "anothers-name",
    "stemmen.create",
    " && bewoner = @request.auth.id",
    "",
    "A resident votes for his neighbours.",
)
def resident_votes_for_another(w: World) -> bool:
    bewoner, other = _resident(w), _resident(w)
    return bewoner.create("stemmen", vergadering=_meeting(w), bewoner=other, keuze="tegen") != ""


@APP.leak(
    "view",
    "uitslag.viewQuery",
    " WHERE v.sluit < strftime('%Y-%m-%d %H:%M:%fZ', 'now')",
    "",
    "Residents watch the count while the vote is going on.",
)
def resident_watches_count(w: World) -> bool:
    meeting = _meeting(w)
    w.add("stemmen", vergadering=meeting, bewoner=_resident(w), keuze="voor")
    return _resident(w).lists("uitslag", f"{meeting}-voor")


@APP.leak(
    "unverified",
    "stemmen.create",
    " && @request.auth.verified = true",
    "",
    "Who never confirmed his address votes: with as many accounts as he likes.",
)
def unverified_resident_votes(w: World) -> bool:
    bewoner = _resident(w, verified=False)
    return bewoner.create("stemmen", vergadering=_meeting(w), bewoner=bewoner, keuze="voor") != ""


@APP.leak(
    "precedence",
    "notulen.read",
    "vastgesteld = true) || (",
    "vastgesteld = true || vastgesteld = false) || (",
    "Residents read minutes that the board has not yet approved.",
)
def resident_reads_draft_minutes(w: World) -> bool:
    return _resident(w).sees("notulen", w.add("notulen", vergadering=_meeting(w), schrijver=_board(w)))


@APP.leak(
    "self-promotion",
    "bewoners.manage",
    None,
    "id = @request.auth.id",
    "A resident declares his address verified himself, and votes.",
)
def resident_verifies_himself(w: World) -> bool:
    bewoner = _resident(w, verified=False)
    bewoner.update("bewoners", bewoner, verified=True)
    return bewoner.create("stemmen", vergadering=_meeting(w), bewoner=bewoner, keuze="voor") != ""


APP.twin(
    "bestuur.read",
    None,
    "",
    "Everybody may know who is on the board.",
)
