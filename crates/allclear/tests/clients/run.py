"""Runs the alert services' own clients, unmodified, against the server and compares them with /api/v1/state.

Usage: run.py PROGRAM. Prints a line for each check and closes with `N passed, N failed`; the exit code tells.
"""

import http.server
import json
import sys
import threading
import time
import traceback

import com_ua
import views
from server import Server, free_port
from views import Async, Expected, Sync

OBLASTS = {uid: title for uid, title in views.TITLES.items() if "район" not in title and uid not in (564, 1293)}


class Checks:
    """Counts what holds and what does not."""

    def __init__(self):
        self.passed = self.failed = 0

    def check(self, name, act):
        """One check: `act` raises when it does not hold."""
        try:
            act()
        except Exception:
            self.failed += 1
            print(f"FAILED  {name}")
            traceback.print_exc()
        else:
            self.passed += 1
            print(f"passed  {name}", flush=True)

    def same(self, name, found, expected):
        """One check: both are equal; only what differs is shown."""

        def act():
            have, want = found(), expected()
            if isinstance(have, dict) and isinstance(want, dict):
                differing = {key: (have.get(key), want.get(key)) for key in {*have, *want} if have.get(key) != want.get(key)}
                assert not differing, f"(found, expected): {differing}"
            assert have == want, f"found {have}, expected {want}"

        self.check(name, act)


def raised(place, words="Повітряна тривога"):
    return f"🔴 {words} в {place}.\nСлідкуйте за подальшими повідомленнями.\n#{place.replace(' ', '_')}"


def ended(place, words="Відбій тривоги"):
    return f"🟢 {words} в {place}.\nСлідкуйте за подальшими повідомленнями.\n#{place.replace(' ', '_')}"


def agree(checks, server, scene, clients):
    """Every client's view of every region and raion is that of /api/v1/state."""
    expected = Expected(server.state())
    uids = sorted(uid for uid in expected.status if uid in views.TITLES)
    seen = {uid: expected.status[uid] for uid in uids}
    print(f"── {scene}: {sum(s == 'active' for s in seen.values())} active, {sum(s == 'unknown' for s in seen.values())} unknown of {len(uids)}")
    for client in clients:
        for turn in ("first", "again"):
            for with_level in (False, True):
                version = "v2" if with_level else "v1"
                want = {uid: value for uid, value in expected.letters(with_level).items() if uid in seen}
                label = f"{scene}: {client.name} {version} {turn}"
                checks.same(f"{label}: each region", lambda: views.one_by_one(client, uids, with_level), lambda: want)
                checks.same(f"{label}: all by uid", lambda: views.by_uid(client, with_level, uids), lambda: want)
                # Its words for a region have no unknown: what is not known reads as no alert, and the header tells.
                told = {uid: ("no_alert", None) if want[uid][0] == "unknown" else want[uid] for uid in OBLASTS}
                checks.same(f"{label}: by oblast", lambda: views.by_oblast(client, with_level), lambda: told)
            checks.same(f"{scene}: {client.name} {turn}: active alerts", lambda: views.active(client), lambda: expected.own)
    wanted = {uid: expected.types[uid] or ("unknown" if seen[uid] == "unknown" else []) for uid in uids}
    checks.same(f"{scene}: uasiren: each region", lambda: views.siren_regions(server.url, uids), lambda: wanted)
    listed = {}
    for uid, _, _ in expected.own:
        listed[views.region_id(uid)] = expected.types[uid]
    checks.same(f"{scene}: uasiren: all alerts", lambda: all_alerts(server.url), lambda: listed)


def all_alerts(url):
    answer = views.siren(url, lambda client: client.get_alerts())
    return {r["regionId"]: sorted(views.V3_TYPES[a["type"]] for a in r["activeAlerts"]) for r in answer}


def last_index(url):
    return views.siren(url, lambda client: client.get_last_alert_index())["lastActionIndex"]


def must_raise(clients, url):
    """Where nothing is known every method of every client raises; none says calm."""
    for client in clients:
        for method, arguments in [
            ("get_active_alerts", ()),
            ("get_air_raid_alert_statuses_by_oblast", ()),
            ("get_air_raid_alert_statuses", ()),
            ("get_air_raid_alert_status", (20,)),
            ("get_air_raid_alert_status", ("Конотопський район",)),
        ]:
            for options in ({}, {"include_alert_level": True}):
                if options and method == "get_active_alerts":
                    continue
                try:
                    answer = client.call(method, *arguments, **options)
                except Exception as error:
                    assert type(error).__name__ == "ApiError", error
                else:
                    raise AssertionError(f"{client.name} {method} says {answer}")
    for act in (lambda c: c.get_alerts(), lambda c: c.get_alerts("20"), lambda c: c.get_last_alert_index()):
        try:
            answer = views.siren(url, act)
        except views.aiohttp.ClientResponseError as error:
            assert error.status == 503, error
        else:
            raise AssertionError(f"uasiren says {answer}")


def main_scenes(checks, program):
    with Server(program) as server:
        clients = [Sync(server.url), Async(server.url)]
        checks.check("nothing heard: every client raises", lambda: must_raise(clients, server.url))
        checks.check("the tree of regions", lambda: tree(server))

        server.say(*(ended(title) for title in OBLASTS.values()))
        agree(checks, server, "all clear", clients)
        hook = Hook()
        checks.check("a webhook is taken", lambda: subscribe(server, hook))

        before = last_index(server.url)
        server.say(raised("Конотопський район", "Повітряна тривога (жовтий рівень, дронова загроза)"))
        agree(checks, server, "one raion, yellow", clients)
        checks.check("the action index grew", lambda: grew(server, before))
        checks.check("the webhook was told of the raion", lambda: hook.wait("117", 1))
        before = last_index(server.url)
        time.sleep(1.2)
        checks.same("the action index stays when nothing changes", lambda: last_index(server.url), lambda: before)

        server.say(raised("Харківська область", "Повітряна тривога (червоний рівень, ракетна загроза)"))
        agree(checks, server, "and one region, red", clients)
        checks.check("the webhook was told of the region", lambda: hook.wait("22", 1))
        server.say(raised("Сумська область", "Повітряна тривога (червоний рівень, балістика)"))
        agree(checks, server, "both levels, one over the other", clients)
        server.say(raised("Нікопольський район", "Загроза артобстрілу"))
        agree(checks, server, "and shelling, which is no air raid", clients)
        checks.check("conditional requests", lambda: conditional(server))
        checks.check("an older client's first words", lambda: older(server))
        checks.check("errors are JSON with a message", lambda: errors(server))

        server.say(ended("Сумська область"), ended("Харківська область"), ended("Нікопольський район", "Відбій загрози артобстрілу"))
        agree(checks, server, "all over", clients)
        checks.check("the webhook was told of every end", lambda: [hook.wait(uid, 0) for uid in ("22", "20")])
        for client in clients:
            checks.check(f"{client.name}: history", lambda: history(client))
        checks.check("history of ukrainealarm", lambda: region_history(server))
        checks.check("a webhook outlives a restart", lambda: outlives(server, hook))
        checks.check("the webhook is ended", lambda: unsubscribe(server, hook))


def tree(server):
    """Every title and number of the official client is found in the tree, under the same name."""
    regions = views.siren(server.url, lambda client: client.get_regions())
    found = {}

    def walk(region):
        assert region["regionId"] not in found, region["regionId"]
        found[region["regionId"]] = region["regionName"]
        for child in region["regionChildIds"]:
            walk(child)

    for state in regions["states"]:
        assert state["regionType"] == "State"
        walk(state)
    assert len(regions["states"]) == 29 and found["0"] == "Тестовий регіон", len(regions["states"])
    missing = {uid: title for uid, title in views.TITLES.items() if uid not in (564, 1293) and found.get(views.region_id(uid)) != title}
    assert not missing, missing
    assert "564" in found and "1293" in found


def grew(server, before):
    now = last_index(server.url)
    assert now > before, (before, now)


def conditional(server):
    """Last-Modified on every 200; 304 for who has it; never within the second of a change; nothing empty or broken is an error."""
    time.sleep(1.2)
    for path in ("/v1/alerts/active.json", "/v1/iot/active_air_raid_alerts_by_oblast.json", "/v2/iot/active_air_raid_alerts.json",
                 "/v1/iot/active_air_raid_alerts/20.json", "/api/v3/alerts"):
        status, headers, _ = server.ask(path)
        assert status == 200 and headers["Last-Modified"] and headers["ETag"], path
        assert headers["Content-Type"].startswith("application/json"), path
        status, _, _ = server.ask(path, {"If-Modified-Since": headers["Last-Modified"]})
        assert status == 304, (path, status)
        status, _, _ = server.ask(path, {"If-None-Match": headers["ETag"]})
        assert status == 304, (path, status)
        for shown in ("", "never", "Thu, 01 Jan 1970 00:00:00 GMT"):
            status, _, body = server.ask(path, {"If-Modified-Since": shown})
            assert status == 200 and body, (path, shown, status)
    # Changes as quick as they come: whoever asks with what it was given last always has the newest.
    path, shown = "/v1/alerts/active.json", None
    for turn in range(12):
        active = turn % 2 == 0
        server.say((raised if active else ended)("Полтавська область"))
        status, headers, body = server.ask(path, {"If-Modified-Since": shown} if shown else {})
        assert status == 200, "a change was hidden by a 304"
        assert active == any(a["location_uid"] == "19" for a in body["alerts"]), turn
        shown = headers["Last-Modified"]


def older(server):
    """alerts-in-ua-py 1.4.4 sends an empty If-Modified-Since first and reads these keys without asking."""
    status, headers, body = server.ask("/v1/alerts/active.json", {"Authorization": "Bearer x", "If-Modified-Since": ""})
    assert status == 200 and headers["last-modified"]
    assert body["disclaimer"] and body["meta"]["last_updated_at"] and body["alerts"]
    keys = ("id location_title location_type started_at finished_at updated_at alert_type location_uid location_oblast"
            " notes calculated").split()
    for alert in body["alerts"]:
        missing = [key for key in keys if key not in alert]
        assert not missing and isinstance(alert["location_uid"], str) and isinstance(alert["id"], int), (missing, alert)


def errors(server):
    for path, expected in (("/v1/iot/active_air_raid_alerts/99999.json", 404), ("/v1/iot/active_air_raid_alerts/x.json", 404),
                           ("/v1/regions/20/alerts/century_ago.json", 400), ("/v1/regions/x/alerts/week_ago.json", 404),
                           ("/v1/nothing", 404), ("/v2/alerts/active.json", 404), ("/api/v3/alerts/nobody", 404),
                           ("/api/v3/alerts/regionHistory?regionId=99999", 404), ("/api/v3/nothing", 404)):
        status, _, body = server.ask(path)
        assert status == expected and body["message"], (path, status, body)
    status, _, body = server.ask("/api/v3/alerts/0")
    assert status == 200 and body[0]["activeAlerts"] == [], body


def history(client):
    for period in ("day_ago", "week_ago", "month_ago"):
        alerts = client.call("get_alerts_history", "Сумська область", period=period)
        found = sorted(int(alert.location_uid) for alert in alerts)
        assert found == [20, 117], (period, found)
        for alert in alerts:
            assert alert.is_finished() and alert.finished_at >= alert.started_at and alert.calculated is False
            assert not alert.has_threats()
    assert len(client.call("get_alerts_history", 3)) == 0


def region_history(server):
    status, _, body = server.ask("/api/v3/alerts/regionHistory?regionId=117")
    assert status == 200 and body[0]["regionId"] == "117" and len(body) == 1, body
    assert sorted(alarm["regionId"] for alarm in body[0]["alarms"]) == ["117", "20"], body
    assert all(not alarm["isContinue"] and alarm["alertType"] == "AIR" for alarm in body[0]["alarms"]), body


class Hook:
    """Listens for what the server sends."""

    def __init__(self):
        self.events, self.lock = [], threading.Lock()
        hook = self

        class Door(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                with hook.lock:
                    hook.events.append(body)
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.door = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Door)
        self.url = f"http://127.0.0.1:{self.door.server_address[1]}/hook"
        threading.Thread(target=self.door.serve_forever, daemon=True).start()

    def wait(self, region, alerts):
        """An event of that region with so many alerts must come."""
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            with self.lock:
                last = [event for event in self.events if event["regionId"] == region][-1:]
            if last and len(last[0]["activeAlerts"]) == alerts:
                return
            time.sleep(0.05)
        raise AssertionError(f"no event of {region} with {alerts} alerts; got {self.events}")


def hook_ask(server, method, url):
    body = json.dumps({"webHookUrl": url}).encode()
    return server.ask("/api/v3/webhook", {"Content-Type": "application/json"}, method, body)


def subscribe(server, hook):
    status, _, body = hook_ask(server, "POST", hook.url)
    assert status == 200 and body["regionId"] and body["activeAlerts"] == [], body
    for url in ("ftp://example.org/", "nonsense", ""):
        status, _, body = hook_ask(server, "POST", url)
        assert status == 400 and body["message"], (url, status)


def outlives(server, hook):
    server.say(raised("Львівська область"))
    hook.wait("27", 1)
    server.stop()
    server.start()
    server.say(ended("Львівська область"))
    hook.wait("27", 0)


def unsubscribe(server, hook):
    status, _, _ = hook_ask(server, "PATCH", hook.url + "/moved")
    assert status == 200, status
    status, _, _ = hook_ask(server, "DELETE", hook.url)
    assert status == 404, status
    status, _, _ = hook_ask(server, "DELETE", hook.url + "/moved")
    assert status == 200, status


def silence(checks, program):
    """The only source falls silent: unknown, and an alert that stood goes on standing."""
    with Server(program, stale_after_s=2) as server:
        clients = [Sync(server.url), Async(server.url)]
        server.say(*(ended(title) for title in OBLASTS.values()))
        checks.check("before the silence: calm", lambda: calm(clients))
        deadline = time.monotonic() + 20
        while any(c["state"] != "unknown" for c in server.state()["communities"]) and time.monotonic() < deadline:
            time.sleep(0.2)
        checks.check("the source fell silent: every client raises", lambda: must_raise(clients, server.url))
        server.say(*(ended(title) for title in OBLASTS.values()))
        checks.check("it speaks again: calm again", lambda: calm(clients))
        server.say(raised("Сумська область"))
        deadline = time.monotonic() + 20
        while any(c["state"] != "unknown" for c in server.state()["communities"]) and time.monotonic() < deadline:
            time.sleep(0.2)
        checks.check("silent under alert: it stands where it is asked for", lambda: stands(clients, server.url))


def calm(clients):
    for client in clients:
        assert len(client.call("get_active_alerts")) == 0
        assert {s.status for s in client.call("get_air_raid_alert_statuses_by_oblast")} == {"no_alert"}


def stands(clients, url):
    for client in clients:
        for place in (20, "Конотопський район"):
            assert client.call("get_air_raid_alert_status", place).is_active_on_all_oblast()
        try:
            raise AssertionError(client.call("get_air_raid_alert_status", 22))
        except Exception as error:
            assert type(error).__name__ == "ApiError", error
    assert views.siren_regions(url, [20, 117, 22]) == {20: ["air_raid"], 117: ["air_raid"], 22: "unknown"}


def third(checks, program):
    """The third service: its client, its stream and its lines."""
    port = free_port()
    with Server(program, server_keys=f'alerts_com_ua_tcp = "127.0.0.1:{port}"') as server:
        com_ua.check(checks, server, port, raised, ended, OBLASTS.values())


def partly(checks, program):
    """Only some regions were ever spoken for: they agree, the others are unknown in every word that can say so."""
    with Server(program) as server:
        clients = [Sync(server.url), Async(server.url)]
        server.say(ended("Сумська область"), raised("Конотопський район"))
        agree(checks, server, "only Sumy is known", clients)
        status, headers, body = server.ask("/v1/alerts/active.json")
        checks.same("what is unknown is told beside", lambda: (status, "31" in headers["X-AllClear-Unknown"].split(","), 31 in body["meta"]["unknown_uids"]), lambda: (200, True, True))


def chain(checks, program):
    """Our own poller reads our own answers: what one server knows, the next one knows, unknown included."""

    def words(server):
        listed = {c["code"]: (c["state"], c["alert_level"], c["kinds"]) for c in server.state()["communities"] if c["level"] != "country"}
        return {code: word for code, word in listed.items()}

    with Server(program) as first:
        for scene, said in (
            ("part unknown", [ended("Сумська область"), ended("Київська область"), raised("Конотопський район", "Повітряна тривога (жовтий рівень, дронова загроза)")]),
            ("all known", [*(ended(title) for title in OBLASTS.values()), raised("Харківська область", "Повітряна тривога (червоний рівень, ракетна загроза)"),
                           raised("Нікопольський район", "Загроза артобстрілу")]),
        ):
            first.say(*said)
            for kind in ("alerts-in-ua", "ukrainealarm", "siren-pp-ua"):
                token = "" if kind == "siren-pp-ua" else 'token = "any"'
                sources = f'[[upstream]]\nname = "first"\nkind = "{kind}"\nurl = "{first.url}"\n{token}\npoll_s = 8\nstale_after_s = 60\n'
                with Server(program, sources=sources) as second:
                    deadline = time.monotonic() + 30
                    while time.monotonic() < deadline and all(state == "unknown" for state, _, _ in words(second).values()):
                        time.sleep(0.1)
                    checks.check(f"chain by {kind}, {scene}", lambda: passed_on(words(first), words(second)))


def passed_on(first, second):
    """Alerts and clears arrive as they are; a region that is unknown in part may become unknown as a whole."""
    wrong = {}
    for code, word in first.items():
        other = second.get(code, ("unknown", None, []))
        weaker = word[0] == "clear" and other[0] == "unknown" and any(state == "unknown" for state, _, _ in first.values())
        if other != word and not weaker:
            wrong[code] = (word, other)
    assert not wrong, f"(first, second): {wrong}"
    if all(state != "unknown" for state, _, _ in first.values()):
        assert all(state != "unknown" for state, _, _ in second.values())


def doors(checks, program):
    """Keys, limits, and the other world's mark."""
    with Server(program, server_keys='keys = ["good-key"]\nrate_limit_per_minute = 40', status="exercise") as server:
        def keys():
            for client in (Sync(server.url, "wrong"), Async(server.url, "wrong")):
                try:
                    raise AssertionError(client.call("get_active_alerts"))
                except Exception as error:
                    assert type(error).__name__ == "UnauthorizedError", error
            assert server.ask("/v1/alerts/active.json?token=good-key")[0] == 503, "nothing is known yet"
            assert server.ask("/api/v3/regions", {"Authorization": "good-key"})[0] == 200
            assert server.ask("/api/v3/regions", {"Authorization": "bad"})[0] == 401
            assert server.ask("/api/v3/regions")[0] == 403

        checks.check("keys", keys)
        server.say(*(ended(title) for title in OBLASTS.values()), raised("Сумська область"))

        def marked():
            status, headers, body = server.ask("/v1/alerts/active.json", {"Authorization": "Bearer good-key"})
            assert status == 200 and headers["X-AllClear-Status"] == "exercise"
            assert "EXERCISE" in body["disclaimer"] and "EXERCISE" in body["alerts"][0]["notes"], body
            alert = Sync(server.url, "good-key").call("get_active_alerts").get_all_alerts()[0]
            assert "НАВЧАННЯ" in alert.notes

        checks.check("an exercise is marked", marked)

        def limited():
            client = Sync(server.url, "good-key")
            for _ in range(100):
                try:
                    client.call("get_active_alerts")
                except Exception as error:
                    assert type(error).__name__ == "RateLimitError", error
                    return
            raise AssertionError("100 requests went through")

        checks.check("the limit", limited)


def main():
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    checks, began = Checks(), time.monotonic()
    for act in (main_scenes, third, silence, partly, chain, doors):
        try:
            act(checks, sys.argv[1])
        except (Exception, SystemExit) as error:
            checks.failed += 1
            traceback.print_exc()
            print(f"FAILED  {act.__name__}: {error}")
    print(f"{checks.passed} passed, {checks.failed} failed in {time.monotonic() - began:.0f} s")
    sys.exit(checks.failed > 0)


if __name__ == "__main__":
    main()
