"""A recording studio: bands and who plays in them, sessions, tracks, shares of the royalties, links for listeners."""

from __future__ import annotations

from blind_judge.app import App
from blind_judge.schema import auth, base, view
from blind_judge.world import FUTURE, PAST, Person, World

ME = "@request.auth.id != ''"
PLAYS = f"{ME} && band.players_via_band.who ?= @request.auth.id"
LEADS = f"{PLAYS} && band.players_via_band.part ?= 'leader'"
LINK = (
    "@request.query.link != '' && @collection.links.word ?= @request.query.link"
    " && @collection.links.track ?= id && @collection.links.until ?> @now"
)

APP = App(
    "studio",
    "Players of a band upload tracks and agree on shares; engineers work in sessions; listeners have a link.",
    [
        auth(
            "people",
            "name:text engineer:bool",
            read=ME,
            create="engineer = false",
            update=f"{ME} && id = @request.auth.id && @request.body.engineer:changed = false",
        ),
        base("bands", "name:text! founder:people!", read=ME, create=f"{ME} && founder = @request.auth.id"),
        base(
            "players",
            "band:bands!/cascade who:people!/cascade part:select(player|leader)!",
            read=PLAYS,
            create=f"({LEADS}) || ({ME} && band.founder = @request.auth.id)",
            update=f"{LEADS} && @request.body.band:changed = false && @request.body.who:changed = false",
            delete=f"({LEADS}) || ({ME} && who = @request.auth.id)",
            unique="band,who",
        ),
        base(
            "tracks",
            "band:bands!/cascade title:text! sound:file/protected by:people! state:select(draft|mixed|out)!"
            " tags:select(live|demo|single)/many",
            read=f"({PLAYS}) || ({ME} && state = 'out') || ({LINK})",
            create=f"{PLAYS} && by = @request.auth.id && state = 'draft'",
            update=f"{PLAYS} && state != 'out' && @request.body.band:changed = false"
            " && @request.body.by:changed = false && @request.body.state != 'out'",
            delete=f"{LEADS} && state != 'out'",
        ),
        base(
            "links",
            "track:tracks!/cascade word:text! until:date! made:people!",
            read=f"{ME} && made = @request.auth.id",
            create=f"{ME} && made = @request.auth.id && track.band.players_via_band.who ?= @request.auth.id",
            delete=f"{ME} && made = @request.auth.id",
        ),
        base(
            "shares",
            "track:tracks!/cascade who:people! percent:number! signed:bool",
            read=f"{ME} && (who = @request.auth.id || track.band.players_via_band.who ?= @request.auth.id)",
            create=f"{ME} && track.band.players_via_band.who ?= @request.auth.id && signed = false"
            " && track.state != 'out'",
            update=f"{ME} && who = @request.auth.id && signed = false && @request.body.percent:isset = false"
            " && @request.body.who:isset = false && @request.body.track:isset = false",
            unique="track,who",
        ),
        base(
            "sessions",
            "band:bands! engineer:people! start:date! end:date! log:text",
            read=f"({PLAYS}) || ({ME} && engineer = @request.auth.id)",
            create=f"{LEADS} && engineer.engineer = true",
            update=f"{ME} && engineer = @request.auth.id && start <= @now && end > @now"
            " && @request.body.engineer:changed = false && @request.body.band:changed = false"
            " && @request.body.start:changed = false && @request.body.end:changed = false",
        ),
        base(
            "comments",
            "track:tracks!/cascade author:people! text:text!",
            read=f"{ME} && track.band.players_via_band.who ?= @request.auth.id",
            create=f"{ME} && author = @request.auth.id && track.band.players_via_band.who ?= @request.auth.id",
            update=f"{ME} && author = @request.auth.id && @request.body.track:changed = false"
            " && @request.body.author:changed = false",
            delete=f"{ME} && author = @request.auth.id",
        ),
        view(
            "charts",
            "SELECT t.id, t.title, b.name AS band FROM tracks t JOIN bands b ON b.id = t.band WHERE t.state = 'out'",
            read="",
        ),
    ],
)


def _band(w: World) -> str:
    return w.add("bands", name="b", founder=w.user("people"))


def _player(w: World, band: str, part: str = "player") -> Person:
    who = w.user("people")
    w.add("players", band=band, who=who, part=part)
    return who


def _track(w: World, band: str, state: str = "draft") -> str:
    return w.add("tracks", band=band, title="Secret Song", by=_player(w, band), state=state)


@APP.use
def band_records(w: World) -> bool:
    founder, friend = w.user("people"), w.user("people")
    band = founder.create("bands", name="b", founder=founder)
    leads = founder.create("players", band=band, who=founder, part="leader")
    joins = founder.create("players", band=band, who=friend, part="player")
    track = friend.create("tracks", band=band, title="t", by=friend, state="draft")
    share = founder.create("shares", track=track, who=friend, percent=50)
    link = friend.create("links", track=track, word="abc", until=FUTURE, made=friend)
    made = "" not in (leads, joins, track, share, link)
    heard = w.guest.sees("tracks", track, link="abc")
    return made and heard and friend.update("shares", share, signed=True) and founder.update("tracks", track, title="u")


@APP.leak(
    "self-promotion",
    "players.update",
    LEADS,
    PLAYS,
    "A player makes himself the leader of his band.",
)
def player_becomes_leader(w: World) -> bool:
    band = _band(w)
    player = _player(w, band)
    (row,) = (one["id"] for one in player.rows("players") if one["who"] == player)
    return player.update("players", row, part="leader")


@APP.leak(
    "any-row",
    "tracks.read",
    " && @collection.links.track ?= id",
    "",
    "The link to one track opens all others, drafts of other bands too.",
)
def listener_opens_other_track(w: World) -> bool:
    secret, other = _track(w, _band(w)), _track(w, _band(w))
    w.add("links", track=other, word="abc", until=FUTURE, made=w.user("people"))
    return w.guest.sees("tracks", secret, link="abc")


@APP.leak(
    "anothers-name",
    "shares.update",
    "who = @request.auth.id && signed = false",
    "track.band.players_via_band.who ?= @request.auth.id && signed = false",
    "A player signs the share of another in his place.",
)
def player_signs_for_another(w: World) -> bool:
    band = _band(w)
    track, player = _track(w, band), _player(w, band)
    share = w.add("shares", track=track, who=_player(w, band), percent=1)
    return player.update("shares", share, signed=True)


@APP.leak(
    "republish",
    "sessions.update",
    " && start <= @now && end > @now",
    " && start <= @now",
    "An engineer rewrites the log of a session that has ended.",
)
def engineer_rewrites_old_log(w: World) -> bool:
    engineer = w.user("people", engineer=True)
    session = w.add("sessions", band=_band(w), engineer=engineer, start=PAST, end=PAST, log="x")
    return engineer.update("sessions", session, log="y")


@APP.leak(
    "view",
    "charts.viewQuery",
    " WHERE t.state = 'out'",
    " WHERE t.state != 'draft'",
    "The public charts name songs that are mixed but not out.",
)
def guest_reads_title_of_mixed_track(w: World) -> bool:
    return w.guest.view("charts", _track(w, _band(w), "mixed")).get("title") == "Secret Song"


@APP.leak(
    "give-away",
    "comments.update",
    " && @request.body.author:changed = false",
    "",
    "A player puts his words into the mouth of another.",
)
def player_gives_comment_away(w: World) -> bool:
    band = _band(w)
    player, other = _player(w, band), _player(w, band)
    comment = w.add("comments", track=_track(w, band), author=player, text="bad")
    return player.update("comments", comment, author=other)


APP.twin("players.read", PLAYS, ME, "Who plays in which band is no secret among the people of the studio.")
APP.twin(
    "tracks.delete", f"{LEADS} && state != 'out'", f"{PLAYS} && state != 'out'", "Any player may throw a track away."
)
