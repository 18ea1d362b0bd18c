"""alerts.com.ua's client `alertapi`, unmodified, over HTTP and server-sent events, and its TCP protocol by hand: none of the
registries has a client for it."""

import asyncio
import contextlib
import socket
import threading
import time

import alertapi
from alertapi.internal import converters, routes

STATES = converters.StateConverter.STATES


def client(url):
    """The client, pointed at `url` by the constant that holds its address."""
    routes.BASE_URL = url
    return alertapi.APIClient(access_token="key")


def states(url):
    """Number to `alert` of all states."""
    return {int(state.id): state.alert for state in asyncio.run(client(url).fetch_states())}


def by_name(url):
    """The same asked one by one, by the client's own names; an error is None."""

    async def ask():
        api, found = client(url), {}
        for name, number in STATES.items():
            try:
                found[int(number)] = await api.is_alert(name)
            except Exception as error:
                assert getattr(error, "status", None) == 503, error
                found[int(number)] = None
        return found

    return asyncio.run(ask())


def raises(url):
    """Where nothing is known the client raises."""
    for act in (lambda api: api.fetch_states(), lambda api: api.is_alert(12), lambda api: api.fetch_state("Kyiv")):
        try:
            answer = asyncio.run(act(client(url)))
        except Exception as error:
            assert getattr(error, "status", None) == 503, error
        else:
            raise AssertionError(answer)


class Gateway:
    """The client's listener on a thread of its own."""

    def __init__(self, url):
        self.events, self.connected = [], threading.Event()

        def run():
            asyncio.set_event_loop(asyncio.new_event_loop())
            routes.BASE_URL = url
            gateway = alertapi.GatewayClient(access_token="key")

            @gateway.listen(alertapi.ClientConnectedEvent)
            async def hello(_):
                self.connected.set()

            @gateway.listen(alertapi.StateUpdateEvent)
            async def update(event):
                self.events.append((int(event.state.id), event.state.alert))

            # The server ends the stream at last: its client's affair.
            with contextlib.suppress(Exception):
                gateway.connect()

        threading.Thread(target=run, daemon=True).start()

    def wait(self, event):
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            if event in self.events:
                return
            time.sleep(0.05)
        raise AssertionError(f"no {event}; got {self.events}")


class Lines:
    """A connection of the TCP protocol."""

    def __init__(self, port, first):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        self.socket.sendall(first.encode())
        self.file = self.socket.makefile("r", encoding="ascii", newline="\n")

    def next(self):
        return self.file.readline().rstrip("\n")


def check(checks, server, port, raised, ended, oblasts):
    """Everything, on a server that has heard nothing yet."""
    checks.check("alertapi: nothing heard: it raises", lambda: raises(server.url))
    server.say(*(ended(title) for title in oblasts))
    calm = {number: False for number in range(1, 26)}
    checks.same("alertapi: all clear", lambda: states(server.url), lambda: calm)
    gateway = Gateway(server.url)
    checks.check("alertapi: it connects", lambda: gateway.connected.wait(10) or 1 / 0)
    lines = Lines(port, "key\n")
    start = [lines.next() for _ in range(26)]
    checks.same("TCP: ok, then each region", lambda: start, lambda: ["a:ok", *(f"s:{n}=0" for n in range(1, 26))])
    server.say(raised("Львівська область"), raised("Конотопський район"))
    checks.check("alertapi: it is told of the region", lambda: gateway.wait((12, True)))
    checks.check("alertapi: and of a region by its raion", lambda: gateway.wait((17, True)))
    told = {lines.next(), lines.next()}
    checks.same("TCP: the same", lambda: told, lambda: {"s:12=1", "s:17=1"})
    active = {**calm, 12: True, 17: True}
    checks.same("alertapi: all states", lambda: states(server.url), lambda: active)
    checks.same("alertapi: state by state", lambda: by_name(server.url), lambda: active)
    server.say(ended("Львівська область"))
    checks.check("alertapi: it is told of the end", lambda: gateway.wait((12, False)))
    checks.same("TCP: the end", lines.next, lambda: "s:12=0")
    one = Lines(port, "key,17\n")
    checks.same("TCP: one region", lambda: [one.next(), one.next()], lambda: ["a:ok", "s:17=1"])
    status, _, switches = server.ask("/api/history", {"X-API-Key": "key"})
    found = [(switch["state_id"], switch["alert"]) for switch in switches]
    checks.same("history", lambda: (status, sorted(found)), lambda: (200, [(12, False), (12, True), (17, True)]))
