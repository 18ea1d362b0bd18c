"""MQTT with parts that nobody here wrote: mosquitto_sub and paho against our server, our bridge against mosquitto.

    python mqtt.py PROGRAM

What is killed is killed with SIGKILL, in the midst of changes. For every community the numbers (`seq`) a subscriber is told must grow
from one change to the next, nothing may come twice, and what it knows at the end must be what is true.
"""

import contextlib
import json
import os
import pathlib
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from server import Server, free_port

SUMY, LVIV, POLTAVA = "UA59000000000057109", "UA46000000000026241", "UA53000000000028050"
NAMES = {SUMY: "Сумській", LVIV: "Львівській", POLTAVA: "Полтавській"}
PATIENCE_S = 40
MOSQUITTO = shutil.which("mosquitto") or "/usr/sbin/mosquitto"


def topic(code, root="allclear/v1"):
    return f"{root}/area/{code}/state"


def raised(code):
    return f"Повітряна тривога в {NAMES[code]} області"


def ended(code):
    return f"Відбій тривоги в {NAMES[code]} області"


class Listener:
    """A paho client that subscribes whenever it is connected and keeps everything it is told, by topic."""

    def __init__(self, port, filters, five=False, **more):
        protocol = paho.MQTTv5 if five else paho.MQTTv311
        self.client = paho.Client(CallbackAPIVersion.VERSION2, protocol=protocol, **more)
        self.client.reconnect_delay_set(1, 1)
        self.told, self.connects, self.filters = queue.SimpleQueue(), 0, filters
        self.kept = {}
        self.client.on_connect = self.connected
        self.client.on_message = lambda _client, _data, message: self.told.put(message)
        self.port = port

    def connected(self, client, _data, _flags, reason, _properties):
        assert not reason.is_failure, reason
        self.connects += 1
        client.subscribe([(name, 1) for name in self.filters])

    def __enter__(self):
        self.client.connect_async("127.0.0.1", self.port, keepalive=10)
        self.client.loop_start()
        return self

    def __exit__(self, *_):
        self.client.disconnect()
        self.client.loop_stop()

    def until(self, what, wanted):
        """Takes what comes until `wanted` holds of what is kept."""
        deadline = time.monotonic() + PATIENCE_S
        while not wanted():
            try:
                message = self.told.get(timeout=max(deadline - time.monotonic(), 0.001))
            except queue.Empty:
                raise AssertionError(f"{what} did not come within {PATIENCE_S} s; kept: {self.latest()}") from None
            self.kept.setdefault(message.topic, []).append((message.retain, message.payload))

    def latest(self):
        return {name: said[-1][1][:120] for name, said in self.kept.items()}

    def last(self, name):
        return json.loads(self.kept[name][-1][1]) if self.kept.get(name) else {}

    def says(self, name, state):
        self.until(f"{state} on {name}", lambda: self.last(name).get("state") == state)

    def quiet(self, seconds=0.5):
        """Takes what still comes."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            with contextlib.suppress(queue.Empty):
                message = self.told.get(timeout=0.05)
                self.kept.setdefault(message.topic, []).append((message.retain, message.payload))

    def in_order(self, restarts=0):
        """On each topic numbers grow; only what is told anew after a restart may be what was told before."""
        for name, said in self.kept.items():
            if not name.endswith("/state"):
                continue
            numbers = [json.loads(payload)["seq"] for _, payload in said]
            assert numbers == sorted(numbers), f"{name}: out of order: {numbers}"
            twice = len(numbers) - len(set(numbers))
            assert twice <= restarts, f"{name}: told twice: {numbers}"


class Broker:
    """A real mosquitto."""

    def __init__(self, more="allow_anonymous true"):
        self.port = free_port()
        self.folder = tempfile.TemporaryDirectory(prefix="allclear-broker-")
        self.config = pathlib.Path(self.folder.name) / "mosquitto.conf"
        # Nothing is kept on its disk: a broker that was killed has forgotten everything.
        self.config.write_text(f"listener {self.port} 127.0.0.1\npersistence false\n{more}\n", encoding="utf-8")

    def __enter__(self):
        self.start()
        return self

    def start(self):
        self.process = subprocess.Popen([MOSQUITTO, "-c", str(self.config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def __exit__(self, *_):
        self.kill()


def kill(server):
    """SIGKILL."""
    server.process.kill()
    server.process.wait()


def sub(port, *arguments):
    """What mosquitto_sub prints."""
    command = ["mosquitto_sub", "-h", "127.0.0.1", "-p", str(port), "-W", str(PATIENCE_S), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S + 10, check=False)


def surface(program):
    """Our own door: mosquitto_sub, paho of both versions."""
    port = free_port()
    with Server(program, server_keys=f'mqtt_listen = "127.0.0.1:{port}"') as server:
        server.say(raised(SUMY), ended(LVIV))
        # A report is confirmed when it is decided, which is a round of the streams before it is published.
        with Listener(port, [topic(SUMY)]) as listener:
            listener.says(topic(SUMY), "active")
        for version in ("mqttv311", "mqttv5"):
            for qos in "012":
                answer = sub(port, "-V", version, "-q", qos, "-t", topic(SUMY), "-C", "1")
                assert json.loads(answer.stdout)["state"] == "active", answer
            every = sub(port, "-V", version, "-t", "allclear/v1/area/+/state", "-C", "27", "-F", "%r %t %p")
            lines = every.stdout.splitlines()
            assert len({line.split()[1] for line in lines}) == 27 and all(line[0] == "1" for line in lines), every
        levels = ("country", "oblast", "raion", "hromada")
        lists = [subprocess.run([program, "areas", "list", "--level", level], capture_output=True, check=True) for level in levels]
        communities = sum(len(listed.stdout.splitlines()) for listed in lists)
        bogus = sub(port, "-V", "mqttv5", "-t", "allclear/v1/area/UA99/state", "-C", "1")
        assert "denied" in bogus.stderr.lower() or "fail" in bogus.stderr.lower() or bogus.returncode, bogus
        published = subprocess.run(
            ["mosquitto_pub", "-h", "127.0.0.1", "-p", str(port), "-V", "mqttv5", "-q", "1", "-t", topic(SUMY), "-m", "{}"],
            capture_output=True, text=True, timeout=20, check=False,
        )
        assert "not authorized" in (published.stdout + published.stderr).lower(), published
        told = json.loads(sub(port, "-t", topic(SUMY), "-C", "1").stdout)
        assert told["state"] == "active", "what was published went nowhere"
        for five in (False, True):
            with Listener(port, ["allclear/v1/area/#"], five) as listener:
                listener.says(topic(SUMY), "active")
                # Who is still being told what is retained is told the newest, not each change.
                listener.until("everything", lambda: len(listener.kept) == communities)
                for _ in range(5):
                    server.say(ended(SUMY))
                    server.say(raised(SUMY))
                state = server.state()
                listener.until("the last change", lambda: listener.last(topic(SUMY)).get("seq", 0) >= state["seq"] - 1)
                listener.says(topic(SUMY), "active")
                listener.quiet()
                listener.in_order()
                states = [json.loads(payload)["state"] for _, payload in listener.kept[topic(SUMY)]]
                assert states == ["active"] + ["clear", "active"] * 5, states


def surface_killed(program):
    """Our server killed with -9 in the midst of changes, five times; paho comes back by itself."""
    port = free_port()
    with Server(program, server_keys=f'mqtt_listen = "127.0.0.1:{port}"') as server:
        server.say(ended(SUMY), ended(LVIV), ended(POLTAVA))
        with Listener(port, ["allclear/v1/area/+/state", "allclear/v1/status"]) as listener:
            listener.says(topic(SUMY), "clear")
            for turn in range(5):
                word = raised if turn % 2 == 0 else ended
                server.say(word(SUMY))
                server.say(word(LVIV))
                kill(server)
                server.start()
                server.say(word(POLTAVA))
                for code in NAMES:
                    listener.says(topic(code), "active" if turn % 2 == 0 else "clear")
                true = {c["code"]: c["state"] for c in server.state()["communities"] if c["code"] in NAMES}
                assert {code: listener.last(topic(code))["state"] for code in NAMES} == true
            listener.quiet()
            listener.in_order(restarts=listener.connects - 1)
            assert listener.connects >= 6, listener.connects


def bridge(program):
    """The bridge into a real mosquitto: retained state, discovery, broker killed, server killed."""
    with Broker() as broker:
        table = f'\n[[mqtt]]\nname = "test"\nbroker = "127.0.0.1:{broker.port}"\nareas = ["{SUMY}", "{LVIV}"]\n'
        sources = f'[[feed]]\nname = "official"\nkind = "post"\nofficial = true\nstale_after_s = 3600\n{table}'
        with Server(program, sources=sources) as server:
            server.say(ended(SUMY), ended(LVIV))
            with Listener(broker.port, ["#"]) as listener:
                listener.says(topic(SUMY), "clear")
                listener.until("online", lambda: listener.kept.get("allclear/v1/status", [(0, b"")])[-1][1] == b"online")
                assert topic(POLTAVA) not in listener.kept, "an area that was not asked for"
                entity = f"homeassistant/binary_sensor/allclear_actual_{SUMY}/config"
                listener.until("discovery", lambda: entity in listener.kept)
                device = listener.last(entity)
                assert device["state_topic"] == topic(SUMY) and device["availability_topic"] == "allclear/v1/status", device
                before = len(listener.kept[topic(SUMY)])
                for _ in range(10):
                    server.say(raised(SUMY), ended(LVIV))
                    server.say(ended(SUMY), raised(LVIV))
                listener.until("each change", lambda: len(listener.kept[topic(SUMY)]) >= before + 20)
                listener.says(topic(LVIV), "active")
                listener.quiet()
                states = [json.loads(payload)["state"] for _, payload in listener.kept[topic(SUMY)]]
                assert states[before:] == ["active", "clear"] * 10, states
                listener.in_order()
            # Whoever comes later is told what is retained.
            late = sub(broker.port, "-t", topic(LVIV), "-C", "1", "-F", "%r %p")
            assert late.stdout.startswith("1 ") and json.loads(late.stdout[2:])["state"] == "active", late
            # The broker is killed and has forgotten everything; changes go on meanwhile.
            broker.kill()
            server.say(raised(SUMY))
            server.say(ended(LVIV))
            assert server.get("/readyz") is not None
            broker.start()
            with Listener(broker.port, ["#"]) as listener:
                listener.says(topic(SUMY), "active")
                listener.says(topic(LVIV), "clear")
                listener.until("online", lambda: listener.kept.get("allclear/v1/status", [(0, b"")])[-1][1] == b"online")
                listener.in_order()
                # The server is killed: the broker says that nothing is known.
                kill(server)
                listener.until("the last will", lambda: listener.kept["allclear/v1/status"][-1][1] == b"unknown")
                server.start()
                listener.until("online", lambda: listener.kept["allclear/v1/status"][-1][1] == b"online")
                server.say(ended(SUMY))
                listener.says(topic(SUMY), "clear")
                listener.quiet()
                listener.in_order(restarts=1)


def wrong_password(program):
    """A broker that refuses the bridge: named, counted, and the server does not mind."""
    folder = tempfile.mkdtemp(prefix="allclear-passwords-")
    passwords = pathlib.Path(folder) / "passwords"
    subprocess.run(["mosquitto_passwd", "-b", "-c", str(passwords), "good", "secret"], check=True, capture_output=True)
    os.chmod(folder, 0o755)
    os.chmod(passwords, 0o644)
    with Broker(f"allow_anonymous false\npassword_file {passwords}") as broker:
        for password, connected in (("wrong", False), ("secret", True)):
            table = f'[[mqtt]]\nname = "keyed"\nbroker = "127.0.0.1:{broker.port}"\nuser = "good"\npassword = "{password}"\n'
            feed = '[[feed]]\nname = "official"\nkind = "post"\nofficial = true\n'
            with Server(program, sources=feed + table) as server:
                wanted = 'allclear_mqtt_bridge_connected{bridge="keyed"} 1' if connected else 'reason="refused"'
                deadline = time.monotonic() + PATIENCE_S
                while wanted not in server.get("/metrics").decode():
                    assert time.monotonic() < deadline, server.said()
                    time.sleep(0.1)
                server.say(raised(SUMY))
                assert password not in server.said()
    shutil.rmtree(folder)


def tls(program):
    """A broker behind TLS: trusted by its certificate, and not without it."""
    with tempfile.TemporaryDirectory(prefix="allclear-tls-") as folder:
        os.chmod(folder, 0o755)
        key, certificate = pathlib.Path(folder) / "key.pem", pathlib.Path(folder) / "cert.pem"
        request = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
        request += ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-addext", "basicConstraints=critical,CA:FALSE"]
        subprocess.run([*request, "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True)
        os.chmod(key, 0o644)
        plain = free_port()
        more = f"allow_anonymous true\ncertfile {certificate}\nkeyfile {key}\nlistener {plain} 127.0.0.1\n"
        with Broker(more) as broker:
            for trusted in (False, True):
                ca = f'ca_file = "{certificate}"' if trusted else ""
                table = f'[[mqtt]]\nname = "tls"\nbroker = "127.0.0.1:{broker.port}"\ntls = true\n{ca}\n'
                feed = '[[feed]]\nname = "official"\nkind = "post"\nofficial = true\n'
                with Server(program, sources=feed + table) as server:
                    if trusted:
                        server.say(raised(SUMY))
                        with Listener(plain, [topic(SUMY)]) as listener:
                            listener.says(topic(SUMY), "active")
                        continue
                    deadline = time.monotonic() + PATIENCE_S
                    while 'reason="io"' not in server.get("/metrics").decode():
                        assert time.monotonic() < deadline, server.said()
                        time.sleep(0.1)
                    assert "certificate" in server.said(), server.said()


def main():
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    acts = (surface, surface_killed, bridge, wrong_password, tls)
    failed, began = 0, time.monotonic()
    for act in acts:
        try:
            act(sys.argv[1])
            print(f"passed  {act.__name__}")
        except (Exception, SystemExit):
            failed += 1
            traceback.print_exc()
            print(f"FAILED  {act.__name__}")
    print(f"{len(acts) - failed} passed, {failed} failed in {time.monotonic() - began:.0f} s")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
