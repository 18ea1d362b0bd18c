"""Push messages and webhooks, taken by services and libraries that nobody here wrote.

Usage: check.py PROGRAM MODULES, where MODULES is a node_modules folder with web-push-testing in it. Runs the real server against

- web-push-testing, a push service: it verifies the VAPID token, decrypts each message and says what it got;
- receivers of our own that decrypt with http-ece and verify tokens with py-vapid, and behave badly on purpose;
- the verifier of Standard Webhooks.

Prints a line for each check and closes with `N passed, N failed`.
"""

import base64
import contextlib
import http.server
import json
import pathlib
import queue
import subprocess
import sys
import threading
import time
import traceback
import urllib.error
import urllib.parse
import urllib.request

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02
from standardwebhooks.webhooks import Webhook

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "clients"))
from checks import COUNTS, check  # noqa: E402
from server import Server, free_port  # noqa: E402

SUMY, KONOTOP, LVIV = "UA59000000000057109", "UA59020000000081905", "UA46000000000026241"
PATIENCE = 30
RAID, END = "🔴 Повітряна тривога в {0}.\n#{1}", "🟢 Відбій тривоги в {0}.\n#{1}"


def until(what, act):
    """Asks until the answer is true."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        found = act()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"not within {PATIENCE} s: {what}")


def say(server, form, place):
    server.say(form.format(place, place.replace(" ", "_")))


def raid(server, place):
    say(server, RAID, place)


def end(server, place):
    say(server, END, place)


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def subscribe(server, subscription, communities, **more):
    """Status and answer of a subscription."""
    body = json.dumps({**subscription, "communities": communities, **more}).encode()
    status, _, answer = server.ask("/api/v1/push/subscriptions", {"Content-Type": "application/json"}, "POST", body)
    return status, answer


def unsubscribe(server, endpoint):
    body = json.dumps({"endpoint": endpoint}).encode()
    return server.ask("/api/v1/push/subscriptions", {"Content-Type": "application/json"}, "DELETE", body)[0]


def metric(server, line):
    """The value of a line of /metrics, 0 when it is not there."""
    for one in server.get("/metrics").decode().splitlines():
        if one.startswith(line + " "):
            return float(one.rsplit(" ", 1)[1])
    return 0.0


class Service:
    """web-push-testing, as its package starts it."""

    def __init__(self, modules):
        self.port = free_port()
        start = (
            "const {PushApiModel} = require('web-push-testing/src/PushApiModel.js');"
            "const Server = require('web-push-testing/src/server.js');"
            f"new Server(new PushApiModel(), {self.port}).startServer();"
        )
        self.process = subprocess.Popen(["node", "-e", start], cwd=pathlib.Path(modules).parent, stdout=subprocess.DEVNULL)
        until("the push service answers", lambda: self.is_up())

    def is_up(self):
        assert self.process.poll() is None, "the push service ended at its start"
        try:
            self.ask("/status", {})
            return True
        except (urllib.error.URLError, ConnectionError):
            return False

    def ask(self, path, fields):
        data = urllib.parse.urlencode(fields).encode()
        with urllib.request.urlopen(f"http://localhost:{self.port}{path}", data=data, timeout=10) as answer:
            text = answer.read()
        return json.loads(text)["data"] if text[:1] == b"{" else None

    def subscribe(self, key):
        return self.ask("/subscribe", {"userVisibleOnly": "true", "applicationServerKey": key})

    def messages(self, subscription):
        found = self.ask("/get-notifications", {"clientHash": subscription["clientHash"]})
        return [json.loads(text) for text in found["messages"]]

    def expire(self, subscription):
        self.ask(f"/expire-subscription/{subscription['clientHash']}", {})

    def stop(self):
        self.process.kill()
        self.process.wait()


class Receiver:
    """A push service or webhook of our own: answers as told, or never, and keeps what came."""

    def __init__(self, host="127.0.0.1"):
        self.came, self.hung = queue.Queue(), threading.Event()
        # What is answered next: (status, headers); the last one stays. None: never.
        self.answers = [(201, {})]
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.auth = b"sixteen octets!!"
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.came.put(({name.lower(): value for name, value in self.headers.items()}, body, self.path))
                answer = receiver.answers.pop(0) if len(receiver.answers) > 1 else receiver.answers[0]
                if answer is None:
                    receiver.hung.set()
                    self.rfile.read(1)
                    self.close_connection = True
                    return
                self.send_response(answer[0])
                for name, value in answer[1].items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer((host, 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://{host}:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def subscription(self, path="/push/one", keys=True):
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        given = {"keys": {"p256dh": b64(point), "auth": b64(self.auth)}} if keys else {}
        return {"endpoint": self.url + path, "expirationTime": None, **given}

    def next(self):
        """The next request: headers and what it says, decrypted."""
        headers, body, _ = self.came.get(timeout=PATIENCE)
        if headers.get("content-encoding") == "aes128gcm":
            body = http_ece.decrypt(body, private_key=self.key, auth_secret=self.auth, version="aes128gcm")
        return headers, json.loads(body)

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


PUSH = '[push]\nprivate = true\ncontact = "mailto:duty@example.org"\n'
FEEDS = '[[feed]]\nname = "official"\nkind = "post"\nofficial = true\nstale_after_s = 3600\n'
OFFICER = '[[officer]]\nname = "duty"\ntoken_file = "duty.token"\n'


def server_of(program, status="actual"):
    server = Server(program, status=status, sources=PUSH + FEEDS + OFFICER)
    (server.path / "duty.token").write_text("a token of twenty-odd bytes")
    return server


def letters(server):
    headers = {"Authorization": "Bearer a token of twenty-odd bytes"}
    return server.ask("/api/v1/officer/dead-letters", headers)[2]


def real_service(program, modules):
    """A push service that verifies and decrypts."""
    with server_of(program, "exercise") as server, contextlib.closing(Closing(Service(modules))) as closing:
        service = closing.it
        end(server, "Сумська область")
        about = server.get("/api/v1/push")
        one, other = service.subscribe(about["key"]), service.subscribe(about["key"])

        def greeted():
            assert subscribe(server, one, [KONOTOP, LVIV], lang="en") == (
                200, {"communities": [LVIV, KONOTOP], "advisories": False, "lang": "en"})
            (hello,) = service.messages(one)
            assert hello["title"] == "EXERCISE. Notifications are on", hello
            assert "Konotop Raion: All clear" in hello["body"] and "Never rely on it alone" in hello["body"], hello
            assert subscribe(server, other, [SUMY])[0] == 200

        check("a subscription is taken after its endpoint took a first message, which says how it stands", greeted)

        def told():
            raid(server, "Конотопський район")
            message = until("the alert", lambda: service.messages(one)[1:])[0]
            assert (message["state"], message["community"], message["status"]) == ("active", KONOTOP, "exercise"), message
            assert message["title"].startswith("EXERCISE. Air raid alert: Konotop Raion"), message
            end(server, "Конотопський район")
            message = until("the end", lambda: service.messages(one)[2:])[0]
            assert message["state"] == "clear" and message["title"] == "EXERCISE. All clear: no alert: Konotop Raion", message
            part, over = until("what a part means for the region", lambda: service.messages(other)[1:3] if len(service.messages(other)) > 2 else None)
            assert (part["state"], part["parts"], over["parts"]) == ("clear", [KONOTOP], []), (part, over)
            assert "НАВЧАННЯ. Тривога в частині: Сумська область" == part["title"], part

        check("an alert and its end are told to who named the community, and as a part to who named the region", told)

        def restarted():
            server.stop()
            server.start()
            assert server.get("/api/v1/push")["key"] == about["key"], "the key outlives a restart"
            raid(server, "Конотопський район")
            until("the alert", lambda: service.messages(one)[3:])
            assert [message.get("state") for message in service.messages(one)] == [None, "active", "clear", "active"]

        check("subscriptions outlive a restart, and nothing is told twice", restarted)

        def receipted():
            (alert,) = server.get("/api/v1/state")["alerts"]
            found = until("a receipt", lambda: [e for e in entries(server) if e.get("event") == "receipt" and e["channel"] == "push" and e["alert"] == alert["id"]])
            assert found[0]["delivery"]["receivers"] == 1, found
            push = lambda: [c for c in server.get("/api/v1/delivery") if c["channel"] == "push"][0]  # noqa: E731
            until("both are in the histogram", lambda: push()["count"] == 2 and push()["p50_s"] > 0)

        check("what was taken is in the record and in the histogram", receipted)

        def expired():
            service.expire(one)
            end(server, "Конотопський район")
            until("the subscription is dropped", lambda: metric(server, 'allclear_push_ended_total{why="gone"}') == 1)
            assert metric(server, "allclear_push_subscriptions") == 1
            assert unsubscribe(server, one["endpoint"]) == 404

        check("a subscription that its service calls gone (410) is dropped", expired)

        def left():
            assert unsubscribe(server, other["endpoint"]) == 204
            before = len(service.messages(other))
            raid(server, "Сумська область")
            assert metric(server, "allclear_push_subscriptions") == 0
            assert len(service.messages(other)) == before
            for file in (server.path / "store").glob("push.db*"):
                assert other["clientHash"].encode() not in file.read_bytes(), file

        check("who leaves leaves nothing", left)

        def foreign():
            stranger = service.subscribe(b64(ec.generate_private_key(ec.SECP256R1()).public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)))
            status, answer = subscribe(server, stranger, [SUMY])
            assert (status, answer["error"]) == (422, "endpoint_refused"), answer

        check("a subscription bound to another server's key is refused by name", foreign)


class Closing:
    """Lets `contextlib.closing` stop what has a `stop`."""

    def __init__(self, it):
        self.it = it

    def close(self):
        self.it.stop()


def entries(server):
    seq = server.state()["seq"]
    return [server.get(f"/api/v1/record/entries/{n}").get("body", {}) for n in range(seq)]


def headers_and_retries(program):
    """What a request says, and what answers mean."""
    receiver = Receiver()
    with server_of(program) as server, contextlib.closing(Closing(receiver)):
        end(server, "Сумська область")
        key = server.get("/api/v1/push")["key"]

        def request():
            assert subscribe(server, receiver.subscription(), [SUMY, KONOTOP])[0] == 200
            hello, _ = receiver.next()
            assert "topic" not in hello and hello["urgency"] == "normal" and int(hello["ttl"]) > 0, hello
            raid(server, "Сумська область")
            both = [receiver.next() for _ in range(2)]
            for headers, message in both:
                assert Vapid02.verify(headers["authorization"]), headers
                parts = dict(part.strip().split("=", 1) for part in headers["authorization"].removeprefix("vapid ").split(","))
                claims = json.loads(unb64(parts["t"].split(".")[1]))
                assert parts["k"] == key and claims["aud"] == receiver.url and claims["sub"] == "mailto:duty@example.org", claims
                assert time.time() < claims["exp"] <= time.time() + 86400, claims
                assert (headers["urgency"], headers["ttl"]) == ("high", "14400"), headers
                assert message["state"] == "active" and message["title"].startswith("Повітряна тривога"), message
            assert {message["community"] for _, message in both} == {SUMY, KONOTOP}
            topics = {message["community"]: headers["topic"] for headers, message in both}
            assert len(set(topics.values())) == 2 and all(len(topic) <= 32 for topic in topics.values()), topics
            assert len({headers["content-length"] for headers, _ in both} | {hello["content-length"]}) == 1, "lengths tell something"
            end(server, "Сумська область")
            for headers, message in [receiver.next() for _ in range(2)]:
                assert headers["topic"] == topics[message["community"]] and message["state"] == "clear", (headers, message)

        check("a request has a token for that service, a topic of its community, urgency, a lifetime, and one length", request)

        def retried():
            receiver.answers = [(500, {}), (429, {"Retry-After": "1"}), (201, {})]
            assert subscribe(server, receiver.subscription("/push/two"), [LVIV])[0] in (503,), "a service that fails takes no first message"
            receiver.came.get(timeout=PATIENCE)
            receiver.answers = [(201, {})]
            assert subscribe(server, receiver.subscription("/push/two"), [LVIV])[0] == 200
            receiver.next()
            receiver.answers = [(500, {}), (429, {"Retry-After": "1"}), (201, {})]
            raid(server, "Львівська область")
            states = [receiver.next()[1]["state"] for _ in range(3)]
            assert states == ["active"] * 3, states
            assert receiver.came.empty(), "it was taken"

        check("5xx and 429 are tried again, and what was taken is not", retried)

        def newest():
            receiver.answers = [(503, {"Retry-After": "2"}), (201, {})]
            end(server, "Львівська область")
            assert receiver.next()[1]["state"] == "clear"
            raid(server, "Львівська область")
            end(server, "Львівська область")
            raid(server, "Львівська область")
            assert receiver.next()[1]["state"] == "active", "who was away gets what is true then"
            assert receiver.came.empty()

        check("after a wait that the service asked for the newest is sent, and only that", newest)

        def owed():
            receiver.answers = [(503, {"Retry-After": "3600"})]
            end(server, "Львівська область")
            receiver.next()
            until("what is owed is kept", lambda: metric(server, 'allclear_push_attempts_total{answer="later"}') >= 3)
            time.sleep(0.5)
            server.stop()
            receiver.answers = [(201, {})]
            server.start()
            assert receiver.next()[1]["community"] == LVIV, "a restart forgets nobody who was not told"

        check("what a subscription was owed outlives a restart", owed)

        def refused():
            receiver.answers = [(413, {})]
            raid(server, "Сумська область")
            until("dead letters", lambda: [one for one in letters(server) if one["channel"] == "push" and one["outcome"] == "given_up"])
            (found,) = [one for one in letters(server) if one["outcome"] == "given_up"][:1]
            assert found["why"] == "answered 413" and found["host"] == "127.0.0.1" and "/push/" not in json.dumps(found), found
            receiver.answers = [(201, {})]

        check("what a service refuses for good is a dead letter, without the address", refused)

        def plain():
            while not receiver.came.empty():
                receiver.came.get()
            up = Receiver()
            assert subscribe(server, up.subscription("/UP?token=abc", keys=False), [LVIV], lang="en")[0] == 200
            headers, hello = up.next()
            assert "content-encoding" not in headers and hello["title"] == "Notifications are on", (headers, hello)
            raid(server, "Львівська область")
            assert up.next()[1]["title"].startswith("Air raid alert")
            up.stop()

        check("an endpoint without keys (UnifiedPush) gets plain RFC 8030 messages", plain)

        def nonsense():
            good = receiver.subscription("/push/three")
            off = b64(b"\x04" + bytes(64))
            cases = [
                ({**good, "endpoint": "ftp://example.org/x"}, [LVIV], "bad_endpoint"),
                ({**good, "endpoint": "http://user:word@127.0.0.1/x"}, [LVIV], "bad_endpoint"),
                ({**good, "endpoint": "https://e.org/" + "x" * 3000}, [LVIV], "bad_endpoint"),
                ({**good, "keys": {"p256dh": off, "auth": b64(bytes(16))}}, [LVIV], "bad_keys"),
                ({**good, "keys": {"p256dh": good["keys"]["p256dh"], "auth": "short"}}, [LVIV], "bad_keys"),
                (good, [], "bad_subscription"),
                (good, [LVIV] * 33, "bad_subscription"),
                (good, ["UA00"], "unknown_area"),
            ]
            for subscription, communities, name in cases:
                status, answer = subscribe(server, subscription, communities)
                assert (status, answer["error"]) == (400, name), (name, status, answer)
            assert subscribe(server, {**good, "endpoint": "https://e.org/" + "x" * 9000}, [LVIV])[0] == 413
            seen = [entry["refusal"]["reason"] for entry in entries(server) if entry.get("event") == "refused"]
            assert {name for _, _, name in cases} <= set(seen), seen

        check("bad input has a name and is in the record, without what it said", nonsense)


def never_answers(program):
    """One host that never answers, beside healthy ones."""
    silent, well = Receiver("127.0.0.2"), Receiver()
    with server_of(program) as server, contextlib.closing(Closing(silent)), contextlib.closing(Closing(well)):
        end(server, "Сумська область")
        for n in range(20):
            assert subscribe(server, silent.subscription(f"/push/{n}"), [SUMY])[0] == 200
        assert subscribe(server, well.subscription(), [SUMY])[0] == 200
        well.next()
        stream = urllib.request.urlopen(server.url + "/api/v1/stream?area=" + SUMY, timeout=PATIENCE)

        def measured(what):
            """How long a change takes from its post to the stream and to the healthy endpoint; told, not judged."""
            streamed, pushed = [], []
            for act, state in [(raid, "active"), (end, "clear")] * 10:
                began = time.monotonic()
                act(server, "Сумська область")
                next_change(stream, state)
                streamed.append(time.monotonic() - began)
                assert well.next()[1]["state"] == state
                pushed.append(time.monotonic() - began)
            ms = [sorted(times)[len(times) // 2] * 1000 for times in (streamed, pushed)]
            print(f"measured: {what}: p50 to the stream {ms[0]:.0f} ms, to a healthy endpoint {ms[1]:.0f} ms", flush=True)

        silent.answers = [(201, {})]
        measured("all endpoints answer")
        silent.answers = [None]

        def healthy():
            raid(server, "Сумська область")
            assert silent.hung.wait(PATIENCE)
            for act, state in ((end, "clear"), (raid, "active"), (end, "clear")):
                assert well.next()[1]["state"] == ("clear" if state == "active" else "active")
                act(server, "Сумська область")
                frame = next_change(stream, state)
                assert frame["communities"], frame
            assert well.next()[1]["state"] == "clear"
            # The first requests to the silent host are given up after 5 s; until then it got one for each place in its pool.
            assert metric(server, 'allclear_push_attempts_total{answer="silent"}') == 0, "all of that while the silent ones were open"

        check("a host that never answers delays neither other hosts nor the streams", healthy)
        measured("one host of 20 endpoints never answers")


def next_change(stream, state):
    event = ""
    while True:
        line = stream.readline().decode().strip()
        if line.startswith("event: "):
            event = line[7:]
        if line.startswith("data: ") and event == "change":
            frame = json.loads(line[6:])
            if any(one["code"] == SUMY and one["state"] == state for one in frame["communities"]):
                return frame


def inside(program):
    """Without leave nothing inside is called."""
    with Server(program) as server:
        receiver = Receiver()

        def closed():
            for endpoint in (receiver.url + "/x", "https://127.0.0.1/x", "https://[::1]/x", "https://10.0.0.1/x", "https://169.254.169.254/x", "https://0x7f000001/x"):
                status, answer = subscribe(server, {**receiver.subscription(), "endpoint": endpoint}, [SUMY])
                assert (status, answer["error"]) == (400, "bad_endpoint"), (endpoint, answer)
            port = receiver.server.server_port
            status, answer = subscribe(server, {**receiver.subscription(), "endpoint": f"https://localhost:{port}/x"}, [SUMY])
            assert (status, answer["error"]) == (422, "endpoint_refused"), answer
            assert receiver.came.empty()

        check("an endpoint inside is refused, also behind a name", closed)
        receiver.stop()


def hooks(program):
    """Webhooks, by the verifier of Standard Webhooks."""
    receiver = Receiver()
    with server_of(program) as server, contextlib.closing(Closing(receiver)):
        body = json.dumps({"webHookUrl": receiver.url + "/hook"}).encode()

        def signed():
            status, headers, _ = server.ask("/api/v3/webhook", {"Content-Type": "application/json"}, "POST", body)
            assert status == 200
            secret, public = headers["webhook-secret"], server.get("/api/v1/webhook-key")["key"]
            raid(server, "Сумська область")
            headers, body_sent, _ = receiver.came.get(timeout=PATIENCE)
            assert Webhook(secret).verify(body_sent, headers)["activeAlerts"]
            own = [part for part in headers["webhook-signature"].split(" ") if part.startswith("v1a,")][0]
            key = ed25519.Ed25519PublicKey.from_public_bytes(base64.b64decode(public.removeprefix("whpk_")))
            key.verify(base64.b64decode(own[4:]), f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body_sent)

        check("a webhook verifies by its secret and by the server's key", signed)


def main():
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    program, modules = sys.argv[1:]
    began = time.monotonic()
    for act in (lambda: real_service(program, modules), lambda: headers_and_retries(program), lambda: never_answers(program), lambda: inside(program), lambda: hooks(program)):
        try:
            act()
        except (Exception, SystemExit):
            COUNTS["failed"] += 1
            traceback.print_exc()
    print(f"{COUNTS['passed']} passed, {COUNTS['failed']} failed in {time.monotonic() - began:.0f} s")
    sys.exit(COUNTS["failed"] > 0)


if __name__ == "__main__":
    main()
