"""Sirens at a real mosquitto: `siren-sim` devices, commanded by the program, with everything killed by SIGKILL in between.

    python siren.py PROGRAM

Of every command: no device sounds twice, none that was ordered and can be reached stays quiet, and who is silent is unreachable.
"""

import collections
import contextlib
import json
import pathlib
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from datetime import datetime

from mqtt import LVIV, PATIENCE_S, SUMY, Broker, Listener, ended, kill, raised
from server import Server

UNREACHABLE_S = 4
KONOTOP = "UA59020070000032449"
TOKEN = "an-officer's-token-0001"


class Siren:
    """`siren-sim` with its files; what it says is kept over its restarts."""

    def __init__(self, program, folder, name, clock_off_s=0, **setup):
        self.program, self.name, self.folder = program, name, pathlib.Path(folder) / name
        self.folder.mkdir()
        self.said, self.arguments = [], ["--clock-off-s", str(clock_off_s)]
        self.setup = {"id": name, "status": "actual", "key_file": "key", "memory_file": "memory", "horn_file": "horn",
                      "run_max_s": 300, "beat_s": 1} | setup
        made = subprocess.run([program, "siren-sim", "--key", str(self.folder / "key")], capture_output=True, text=True, check=True)
        self.key = made.stdout.strip()
        self.process = None

    def table(self, community):
        return f'[[siren]]\nid = "{self.name}"\ncommunity = "{community}"\nkey = "{self.key}"\n'

    def start(self, broker, server_key):
        lines = [f"{key} = {json.dumps(value)}" for key, value in (self.setup | {"server_key": server_key}).items()]
        lines += ["[mqtt]", 'name = "device"', f'broker = "127.0.0.1:{broker.port}"', 'prefix = "allclear/v1"']
        config = self.folder / "siren.toml"
        config.write_text("\n".join(lines), encoding="utf-8")
        self.config = config
        self.begin()

    def begin(self):
        command = [str(self.program), "siren-sim", "--config", str(self.config), *self.arguments]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        threading.Thread(target=self.listen, args=(self.process.stdout,), daemon=True).start()

    def listen(self, output):
        for line in output:
            # What a killed program did not finish to write is no line.
            with contextlib.suppress(json.JSONDecodeError):
                self.said.append(json.loads(line))

    def kill(self):
        if self.process:
            self.process.kill()
            self.process.wait()
            # A dead device's horn is quiet. Left as it was, the file would say of the next start that it sounds before it does.
            (self.folder / "horn").write_text("0\n", encoding="utf-8")

    def of(self, event):
        return [line for line in list(self.said) if line["event"] == event]

    def numbers(self):
        return [line["number"] for line in self.of("sound")]

    def sounds(self):
        return (self.folder / "horn").read_text().strip() == "1"

    def once_each(self):
        """No number was begun twice, and each is higher than the one before."""
        begun = [line["number"] for line in self.of("sound") if not line["resumed"]]
        twice = [number for number, count in collections.Counter(begun).items() if count > 1]
        assert not twice, f"{self.name} sounded twice by {twice}"
        order = [tuple(map(int, number.split("/"))) for number in begun]
        assert order == sorted(order), f"{self.name}: out of order: {order}"


class House:
    """A broker, a server, and its sirens."""

    def __init__(self, program, sirens, communities, more="", keys=""):
        self.sirens = sirens
        self.broker = Broker("allow_anonymous true\nset_tcp_nodelay true")
        tables = "".join(siren.table(community) for siren, community in zip(sirens, communities, strict=True))
        sources = '[[feed]]\nname = "official"\nkind = "post"\nofficial = true\nstale_after_s = 3600\n'
        sources += f'[[mqtt]]\nname = "field"\nbroker = "127.0.0.1:{self.broker.port}"\nareas = ["{LVIV}"]\n'
        sources += f'[sirens]\nmqtt = "field"\nunreachable_after_s = {UNREACHABLE_S}\nvalid_s = 120\nrun_s = 240\n{tables}'
        sources += f'[[officer]]\nname = "duty"\ntoken_file = "officer.token"\n{more}'
        self.server = Server(program, sources=sources, server_keys=keys)
        (self.server.path / "officer.token").write_text(TOKEN, encoding="utf-8")

    def __enter__(self):
        self.broker.__enter__()
        try:
            self.server.__enter__()
        except BaseException:
            self.broker.kill()
            raise
        key = (self.server.path / "store/siren.pub").read_text().strip()
        for siren in self.sirens:
            siren.start(self.broker, key)
        return self

    def __exit__(self, *_):
        for siren in self.sirens:
            siren.kill()
        self.server.__exit__()
        self.broker.__exit__()

    def reach(self, area=None):
        query = f"?area={area}" if area else ""
        status, _, view = self.server.ask(f"/api/v1/officer/sirens{query}", {"Authorization": f"Bearer {TOKEN}"})
        assert status == 200, view
        for siren in view["sirens"]:
            # Whoever is called reachable was heard within the named time, by the server's own words.
            if siren["reach"] == "reachable":
                silent = datetime.fromisoformat(view["as_of"]) - datetime.fromisoformat(siren["heard_at"])
                assert silent.total_seconds() <= UNREACHABLE_S, siren
        return view

    def is_reached(self, *sirens, reach="reachable"):
        names = {siren.name for siren in sirens}
        return all(siren["reach"] == reach for siren in self.reach()["sirens"] if siren["id"] in names)


def until(what, holds):
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline, f"not within {PATIENCE_S} s: {what}"
        time.sleep(0.05)


def plain(program, folder):
    """Raised and ended: who is meant sounds and is quiet again, a wrong clock or not; it is received, and whoever plays it again is refused."""
    here, late = Siren(program, folder, "konotop-01"), Siren(program, folder, "konotop-02", clock_off_s=3 * 3600)
    there, drill = Siren(program, folder, "lviv-01"), Siren(program, folder, "drill-01", status="exercise")
    sirens = [here, late, there, drill]
    with House(program, sirens, [KONOTOP, KONOTOP, LVIV, KONOTOP]) as house, Listener(house.broker.port, ["allclear/v1/siren/#"]) as tap:
        house.server.say(ended(SUMY), ended(LVIV))
        until("all are reached", lambda: house.is_reached(here, late, there))
        assert house.is_reached(drill, reach="unreachable"), "a device of the exercise is none of ours"
        until("the wrong clock is said", lambda: late.of("clock_off"))
        seen = {siren["id"]: siren for siren in house.reach(SUMY)["sirens"]}
        assert set(seen) == {"konotop-01", "konotop-02", "drill-01"}
        assert abs(seen["konotop-02"]["clock_off_s"] - 3 * 3600) < 60 and abs(seen["konotop-01"]["clock_off_s"]) < 60, seen
        house.server.say(raised(SUMY))
        until("both sound", lambda: here.sounds() and late.sounds())
        until("the command of the other world is refused", lambda: {"event": "refused", "why": "world"} in drill.said)
        house.server.say(ended(SUMY))
        until("both are quiet", lambda: not here.sounds() and not late.sounds())
        until("it says why", lambda: [line["why"] for line in here.of("quiet")] == ["ordered"])
        until("receipts", lambda: 'allclear_delivery_seconds_count{channel="siren"} 4' in house.server.get("/metrics").decode())
        # Everything that was said is said again, whole and with a bit changed.
        tap.quiet()
        commands = [payload for name, said in tap.kept.items() if name.endswith("/command") for _, payload in said]
        pulses = [payload for name, said in tap.kept.items() if name.endswith("/pulse") for _, payload in said]
        assert len(commands) >= 6 and pulses, tap.latest()
        refused = len(here.of("refused"))
        for payload in commands + pulses[-5:]:
            for bit in (None, 5, 37 * 8, 62 * 8, len(payload) * 8 - 1):
                bent = bytearray(payload)
                if bit is not None:
                    bent[bit // 8] ^= 1 << bit % 8
                for siren in (here, late, there):
                    tap.client.publish(f"allclear/v1/siren/{siren.name}/command", bytes(bent), qos=1)
        until("what is bent is refused", lambda: len(here.of("refused")) > refused + len(commands) * 4)
        tap.client.publish("allclear/v1/siren/lviv-01/command", b"", qos=1, retain=True)
        # A dead device does not live by its old beats, not even when the server was started anew.
        there.kill()
        beats = [payload for _, payload in tap.kept["allclear/v1/siren/lviv-01/beat"]]
        until("the dead is unreachable", lambda: house.is_reached(there, reach="unreachable"))
        kill(house.server)
        house.server.start()
        # Fewer than a flood, so that each is looked at.
        for payload in [b"", b"beat", b"\0" * 147] + beats[-10:]:
            tap.client.publish("allclear/v1/siren/lviv-01/beat", payload, qos=1)
        until("the others are reached again", lambda: house.is_reached(here, late))
        assert house.is_reached(there, reach="unreachable")
        assert [area["code"] for area in house.reach()["unreachable_areas"]] == [LVIV]
        until("rubbish is counted", lambda: 'allclear_siren_refused_total{reason="form"}' in house.server.get("/metrics").decode())
        for siren in sirens:
            siren.once_each()
        assert len(here.numbers()) == len(late.numbers()) == 1 and not there.numbers() and not drill.numbers()


def killed(program, folder):
    """Server, broker and device killed in turn, right after an order is durable: each order sounds once, on every device."""
    one, two = Siren(program, folder, "sumy-01"), Siren(program, folder, "sumy-02")
    with House(program, [one, two], [KONOTOP, SUMY]) as house:
        server, broker = house.server, house.broker
        server.say(ended(SUMY))
        until("both are reached", lambda: house.is_reached(one, two))
        for turn in range(9):
            server.say(raised(SUMY))
            match turn % 3:
                case 0:
                    kill(server)
                    server.start()
                case 1:
                    broker.kill()
                    broker.start()
                case 2:
                    one.kill()
                    one.begin()
            for siren in (one, two):
                until(f"{siren.name} sounds, turn {turn}", siren.sounds)
            if turn % 2:
                # Killed while it sounds, it goes on.
                two.kill()
                two.begin()
                until("it goes on", lambda: two.sounds() and two.of("sound")[-1]["resumed"])
            server.say(ended(SUMY))
            if turn % 3 == 1:
                kill(server)
                server.start()
            for siren in (one, two):
                until(f"{siren.name} is quiet, turn {turn}", lambda siren=siren: not siren.sounds())
            until("both are reached", lambda: house.is_reached(one, two))
        for siren in (one, two):
            until("each is said", lambda siren=siren: len(set(siren.numbers())) == 9)
            siren.once_each()


def officer(program, folder):
    """At the moment of raising the officer is told where nobody would hear it."""
    alive, dead = Siren(program, folder, "sumy-01"), Siren(program, folder, "lviv-01")
    with House(program, [alive, dead], [KONOTOP, LVIV], keys='mode = "authority"') as house:
        until("both are reached", lambda: house.is_reached(alive, dead))
        dead.kill()
        until("the dead is unreachable", lambda: house.is_reached(dead, reach="unreachable"))

        def order(community):
            action = {"action": "raise", "community": community, "alert_type": "air_raid", "level": "red", "kinds": [], "reason": "test"}
            headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
            status, _, receipt = house.server.ask("/api/v1/officer/actions", headers, "POST", json.dumps(action).encode())
            assert status == 200, receipt
            return receipt

        sirens = order(KONOTOP)["sirens"]
        assert (sirens["devices"], sirens["reachable"], sirens["unreachable_areas"]) == (1, 1, []), sirens
        until("it sounds", alive.sounds)
        sirens = order(LVIV)["sirens"]
        assert (sirens["devices"], sirens["reachable"]) == (1, 0), sirens
        assert [area["code"] for area in sirens["unreachable_areas"]] == [LVIV] and sirens["sirens"][0]["id"] == "lviv-01", sirens
        # The broker is gone: nobody can be reached, whoever was heard a moment ago.
        house.broker.kill()
        until("nobody is reached", lambda: house.is_reached(alive, reach="unreachable"))
        status, _, _ = house.server.ask("/api/v1/officer/sirens")
        assert status == 401, "only an officer is told"


def flood(program, folder):
    """Rubbish in a device's name, and in nobody's: another device hears its command, and is reached all the while."""
    calm, target = Siren(program, folder, "sumy-01"), Siren(program, folder, "lviv-01")
    with House(program, [calm, target], [KONOTOP, LVIV]) as house, Listener(house.broker.port, ["allclear/v1/status"]) as enemy:
        house.server.say(ended(SUMY))
        until("both are reached", lambda: house.is_reached(calm, target))
        for n in range(20_000):
            name = ("lviv-01", "nobody", "LVIV 01")[n % 3]
            enemy.client.publish(f"allclear/v1/siren/{name}/{('beat', 'answer')[n % 2]}", bytes(147), qos=0)
            if n % 4_000 == 2_000:
                house.server.say(raised(SUMY))
                until("it sounds", calm.sounds)
                assert house.is_reached(calm)
                house.server.say(ended(SUMY))
                until("it is quiet", lambda: not calm.sounds())
        figures = house.server.get("/metrics").decode()
        assert all(f'allclear_siren_refused_total{{reason="{why}"}}' in figures for why in ("flood", "unknown", "form")), figures
        until("each is said", lambda: len(calm.numbers()) == 5)
        calm.once_each()
        assert not target.numbers()


def main():
    program = str(pathlib.Path(sys.argv[1]).resolve())
    failed = False
    for test in (plain, killed, officer, flood):
        if len(sys.argv) > 2 and test.__name__ not in sys.argv[2:]:
            continue
        began = time.monotonic()
        try:
            with tempfile.TemporaryDirectory(prefix="allclear-sirens-") as folder:
                test(program, folder)
        except BaseException:
            failed = True
            print(f"FAILED {test.__name__}: {test.__doc__}")
            traceback.print_exc()
        else:
            print(f"passed {test.__name__} ({time.monotonic() - began:.1f} s)")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
