"""Our own CAP messages and feeds, read by tools that nobody here wrote: the OASIS schema, capvalidator, xmlsec1.

Usage: check.py PROGRAM. Plays alerts on a real server, actual and exercise, relay and authority; fetches every message that the feeds
list; changes one thing at a time and asks whether the change is found. Prints a line for each check and closes with `N passed, N failed`.
"""

import importlib.resources
import json
import pathlib
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request

import capvalidator
from lxml import etree

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "clients"))
from checks import COUNTS, check  # noqa: E402
from server import Server  # noqa: E402

ATOM = "{http://www.w3.org/2005/Atom}"
CAP = "{urn:oasis:names:tc:emergency:cap:1.2}"
OURS = "{urn:allclear:cap-feed:1}"
SCHEMA = etree.XMLSchema(etree.parse(str(importlib.resources.files("capvalidator") / "static/CAP-v1.2-schema.xsd")))


def fetch(url, headers=None):
    """Status, headers and bytes."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers or {}), timeout=30) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


def run(*command):
    """Exit code and what was said."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


def listed(server, query=""):
    """The messages of the Atom feed, newest first: identifier and bytes."""
    status, _, body = fetch(f"{server.url}/cap/feed.atom{query}")
    assert status == 200, (status, body)
    entries = etree.fromstring(body).findall(f"{ATOM}entry")
    found = []
    for entry in entries:
        status, headers, message = fetch(entry.find(f"{ATOM}link").get("href"))
        assert status == 200 and headers["Content-Type"].startswith("application/cap+xml"), (status, message)
        found.append((entry.find(f"{ATOM}id").text, message))
    return found


def shape(message):
    """What a message is, in a line."""
    alert = etree.fromstring(message)
    info = alert.find(f"{CAP}info")
    names = ("status", "msgType")
    references = (alert.findtext(f"{CAP}references") or "").split()
    return (*(alert.findtext(CAP + name) for name in names), info.findtext(f"{CAP}responseType"), len(references))


def outside(program, name, message, folder, certificate):
    """Every other program takes the message; so does our own, with its pinned key."""
    path = folder / "message.xml"
    path.write_bytes(message)
    check(f"{name}: the OASIS schema", lambda: SCHEMA.assertValid(etree.fromstring(message)))

    def validator():
        result = capvalidator.validate_cap_message(message)
        assert result.passed, result.message

    check(f"{name}: capvalidator", validator)

    def zero(*command):
        code, said = run(*command)
        assert code == 0, said

    check(f"{name}: xmlsec1", lambda: zero("xmlsec1", "--verify", "--trusted-pem", certificate, path))
    check(f"{name}: cap verify", lambda: zero(program, "cap", "verify", path, "--key", certificate))
    check(f"{name}: cap lint", lambda: zero(program, "cap", "lint", "--profile", "UA-AirRaid", path))


def tampered(program, message, folder, certificate, foreign):
    """One thing changed: xmlsec1 and our program both refuse it."""
    text = message.decode()
    begin, end = text.index("<Signature "), text.index("</Signature>") + len("</Signature>")
    changes = {
        "a word": text.replace("Immediate", "Expected", 1),
        "the time": text.replace("<expires>20", "<expires>21", 1),
        "a blank between elements": text.replace("</scope>", "</scope> ", 1),
        "the place": text.replace("UA59", "UA05", 1),
        "no signature": text[:begin] + text[end:],
        "the value": text.replace("<SignatureValue>", "<SignatureValue>AAAA", 1),
        "the digest": text.replace("<DigestValue>", "<DigestValue>AAAA", 1),
    }
    path = folder / "changed.xml"
    for name, changed in changes.items():
        assert changed != text, name
        path.write_text(changed, encoding="utf-8")

        def refused():
            code, said = run("xmlsec1", "--verify", "--trusted-pem", certificate, path)
            assert code != 0, f"xmlsec1 takes it: {said}"
            code, said = run(program, "cap", "verify", path, "--key", certificate)
            assert code == 4, said

        check(f"changed: {name}", refused)
    path.write_bytes(message)

    def stranger():
        code, said = run(program, "cap", "verify", path, "--key", foreign)
        assert code == 4 and "foreign-key" in said, said

    check("a key that is not pinned", stranger)


def feeds(server, name, count):
    """Both forms, both languages: well-formed, conditional, alive, with what is unknown."""

    def both():
        ids = [identifier for identifier, _ in listed(server)]
        assert len(ids) == count, ids
        for lang in ("uk", "en"):
            status, headers, body = fetch(f"{server.url}/cap/feed.rss?lang={lang}")
            channel = etree.fromstring(body).find("channel")
            assert status == 200 and headers["Content-Type"].startswith("application/rss+xml")
            assert [item.findtext("guid") for item in channel.findall("item")] == ids
            assert channel.findtext("language") == lang and channel.findtext("lastBuildDate")
            for item in channel.findall("item"):
                message = etree.fromstring(fetch(item.findtext("link"))[2])
                info = [it for it in message.findall(f"{CAP}info") if it.findtext(f"{CAP}language")[:2] == lang][0]
                for field in ("identifier", "sender", "sent", "status", "msgType", "scope"):
                    assert item.findtext(CAP + field) == message.findtext(CAP + field), field
                for field in ("category", "event", "urgency", "severity", "certainty", "expires", "responseType"):
                    assert item.findtext(CAP + field) == info.findtext(CAP + field), field
                assert item.findtext("title") == info.findtext(f"{CAP}headline")

    check(f"{name}: RSS lists what Atom lists, with the messages' own fields", both)

    def conditional():
        for path in ("/cap/feed.atom", "/cap/feed.rss", "/cap/cap.crt", f"/cap/{listed(server)[0][0]}.xml" if count else "/cap/cap.crt"):
            for _ in range(3):
                status, headers, _ = fetch(server.url + path)
                tag = headers["ETag"]
                again, _, body = fetch(server.url + path, {"If-None-Match": tag})
                if again == 304:
                    break
            assert (status, again, body) == (200, 304, b""), (path, status, again)
            assert headers["Last-Modified"] and headers["X-AllClear-Status"] == server.status
            assert fetch(server.url + path, {"If-None-Match": '"other"'})[0] == 200

    check(f"{name}: entity tags", conditional)

    def alive():
        feed = etree.fromstring(fetch(f"{server.url}/cap/feed.atom")[2])
        assert feed.findtext(f"{ATOM}updated") and feed.findtext(f"{OURS}asOf"), "the feed does not say as of when"
        assert feed.findtext(f"{OURS}status") == server.status
        states = server.state()["communities"]
        unknown = sorted(it["code"] for it in states if it["level"] == "oblast" and it["state"] == "unknown")
        assert sorted(it.text for it in feed.findall(f"{OURS}unknown")) == unknown and unknown

    check(f"{name}: it says as of when, and names what is unknown", alive)


def relay(program, folder, status):
    """Raised, raised to missiles, ended; and what a restart says of it."""
    with Server(program, status=status) as server:
        world = {"actual": "Actual", "exercise": "Exercise"}[status]
        check(f"{status}: a feed of nothing", lambda: listed(server) == [])
        server.say("Повітряна тривога в Сумській області", "Повітряна тривога в Конотопський район")
        first = listed(server)
        check(f"{status}: raised", lambda: [shape(it) for _, it in first] == [(world, "Alert", "Shelter", 0)] * 2)
        server.say("Відбій тривоги в Сумській області")
        all_now = listed(server)
        expected = sorted([(world, "Alert", "Shelter", 0)] * 2 + [(world, "Update", "AllClear", 1)] * 2)

        def ended():
            assert sorted(shape(it) for _, it in all_now) == expected, [shape(it) for _, it in all_now]
            assert dict(first).items() <= dict(all_now).items(), "what was listed stays as it was"

        check(f"{status}: ended by an explicit all-clear, the alert still listed", ended)
        feeds(server, status, 4)
        certificate = folder / f"{status}.crt"
        certificate.write_bytes(fetch(f"{server.url}/cap/cap.crt")[2])
        for number, (_, message) in enumerate(all_now):
            outside(program, f"{status} {number}", message, folder, certificate)
        check(f"{status}: no forecast among alerts", lambda: listed(server, "?standing=advisory") == [])
        for query in ("?lang=fr", "?standing=all"):
            check(f"{status}: {query} is refused", lambda: fetch(f"{server.url}/cap/feed.atom{query}")[0] == 400)
        stem = all_now[0][0].rsplit(".", 1)[0]
        for bad in (f"{stem}.1", f"{stem}.-1", f"{stem}.99999999999999999999", "x", "%00", "a" * 3000, "../cap.key"):
            check(f"{status}: no message {bad[:30]}", lambda: fetch(f"{server.url}/cap/{bad}.xml")[0] == 404)
        server.stop()
        key = server.path / "store/cap.key"
        check(f"{status}: the key is its owner's alone", lambda: key.stat().st_mode & 0o77 == 0)
        server.start()
        again = dict(listed(server))
        check(f"{status}: the same messages after a restart, to the byte", lambda: again == dict(all_now))
        return all_now[-1][1], certificate


def retracted(program, folder):
    """An officer raises and takes it back: a Cancel, no all-clear."""
    token = "officer-token-of-tests"
    server = Server(program, status="exercise", server_keys='mode = "authority"', sources=OFFICER)
    (server.path / "olena.token").write_text(token, encoding="utf-8")
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def act(**action):
        status, _, answer = server.ask("/api/v1/officer/actions", headers, "POST", json.dumps(action).encode())
        assert status == 200, (status, answer)
        return answer

    with server:
        place = {"community": "UA59020070000032449", "alert_type": "air_raid", "level": "red", "kinds": ["uav"]}
        act(action="raise", reason="a drill", **place)
        raised = listed(server)
        check("authority: raised", lambda: [shape(it) for _, it in raised] == [("Exercise", "Alert", "Shelter", 0)])
        act(action="retract", alert=server.state()["alerts"][0]["id"], reason="a mistake")
        newest = listed(server)[0][1]
        check("authority: taken back", lambda: shape(newest) == ("Exercise", "Cancel", "None", 1))
        certificate = folder / "authority.crt"
        certificate.write_bytes(fetch(f"{server.url}/cap/cap.crt")[2])
        outside(program, "authority", newest, folder, certificate)


OFFICER = """
[[officer]]
name = "olena"
token_file = "olena.token"
"""


def main(program):
    """Everything."""
    with tempfile.TemporaryDirectory(prefix="allclear-cap-") as name:
        folder = pathlib.Path(name)
        message, actual = relay(program, folder, "actual")
        _, exercise = relay(program, folder, "exercise")
        tampered(program, message, folder, actual, exercise)
        retracted(program, folder)
    print(f"{COUNTS['passed']} passed, {COUNTS['failed']} failed")
    sys.exit(1 if COUNTS["failed"] else 0)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]).resolve())
