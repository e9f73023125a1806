"""pb_common.realtime: subscriptions for code of one's own, and servers that break while one listens."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

import broken_servers
import servers
from broken_servers import Behaviour, Handler
from pb_common import Client, PBConnectionError, PBError, PBRequestError, Settings
from pb_common.realtime import Event, subscribe, topic


def settings_of(server: servers.Server) -> Settings:
    """Return settings with a server's superuser and no cache."""
    return Settings(server.url, servers.EMAIL, servers.PASSWORD, token_cache=False)


@pytest.fixture
def client(server: servers.Server) -> Iterator[Client]:
    """A client of the session's server."""
    with Client(settings_of(server)) as made:
        yield made


@pytest.fixture(scope="session")
def news(server: servers.Server) -> str:
    """A collection that signed-in users may list; made once a server."""
    fields = [{"name": "n", "type": "number"}]
    rule = "@request.auth.id != ''"
    server.request("POST", "/api/collections", {"name": "rt_news", "type": "base", "fields": fields, "listRule": rule})
    return "rt_news"


def publish(server: servers.Server, *numbers: int) -> None:
    for number in numbers:
        assert server.request("POST", "/api/collections/rt_news/records", {"n": number})[0] == 200


def test_each_topic_gets_its_events(client: Client, server: servers.Server, news: str) -> None:
    everything, large = topic(news), topic(news, filter="n > 5 && n != 7")
    with subscribe(client, [everything, large], client.superuser_token()) as subscription:
        publish(server, 1, 7, 9)
        events = [subscription.receive(10) for _ in range(4)]
        got = [(event.topic, event.data["record"]["n"]) for event in events if event]
        assert sorted(got) == sorted([(everything, 1), (everything, 7), (everything, 9), (large, 9)])
        assert list(subscription.events(0.2)) == []
        assert subscription.receive(0) is None


def test_a_guest_gets_what_guests_may_see(client: Client, server: servers.Server, news: str) -> None:
    with subscribe(client, [topic(news)]) as subscription:
        publish(server, 1)
        assert subscription.receive(0.5) is None


def test_a_topic_that_is_too_long_is_refused(client: Client, news: str) -> None:
    with pytest.raises(PBRequestError) as caught:
        subscribe(client, [topic(news, filter="n = 1 || " * 400)], client.superuser_token())
    assert "2500" in str(caught.value.data)


def test_the_end_of_the_connection_is_told_after_the_events(version: str) -> None:
    with servers.Server(version) as own, Client(settings_of(own)) as client:
        own.request("POST", "/api/collections", {"name": "rt_news", "type": "base"})
        with subscribe(client, ["rt_news/*"], client.superuser_token()) as subscription:
            publish(own, 1)
            time.sleep(0.2)
            own.stop()
            assert isinstance(subscription.receive(10), Event)
            for _ in "12":
                with pytest.raises(PBConnectionError):
                    subscription.receive(10)


def stream_of(text: bytes) -> Behaviour:
    """Return the behaviour of a server that sends a text as events and then nothing more."""

    def behave(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "text/event-stream")
        handler.end_headers()
        handler.wfile.write(text)
        broken_servers.silence(handler)

    return behave


@pytest.mark.parametrize(
    ("behaviour", "named"),
    [
        (stream_of(b""), "opened no realtime connection within 1 s"),
        (stream_of(b"event:PB_CONNECT\ndata:{half"), "opened no realtime connection within 1 s"),
        (stream_of(b"event:PB_CONNECT\ndata:no json\n\n"), ""),
        (stream_of(b"event:PB_CONNECT\ndata:1\n\n"), "opened no realtime connection"),
        (stream_of(b"event:x\ndata:\xff\n\n"), ""),
        (broken_servers.html, ""),
        (broken_servers.half_an_answer, ""),
        (broken_servers.garbage, ""),
        (broken_servers.hang_up, ""),
        (broken_servers.silence, "did not answer within 1 s"),
        (broken_servers.circle, "refused"),
    ],
)
def test_a_server_that_breaks_is_an_error_in_time(behaviour: Behaviour, named: str) -> None:
    with broken_servers.running(behaviour) as server, Client(Settings(server.url, timeout=1)) as client:
        with pytest.raises(PBError) as caught:
            subscribe(client, ["x/*"])
        assert named in str(caught.value)
