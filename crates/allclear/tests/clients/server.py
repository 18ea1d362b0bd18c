"""A real server of ours, started for a test and stopped after it, and what is said to it."""

import contextlib
import itertools
import json
import os
import pathlib
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request


NEXT = itertools.count(os.getpid())


def free_port():
    """A port of the loopback that nobody listens on. Below those that the system gives to connections (Linux: from 32768),
    so that nobody's connection takes it before it is listened on."""
    for n in itertools.islice(NEXT, 5000):
        port = 22_000 + n % 5000
        with contextlib.closing(socket.socket()) as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue
    raise OSError("no free port from 22000 to 26999: what listens on all of them?")


class Server:
    """Runs `program run --config …` with one official feed. Use as a context."""

    def __init__(self, program, stale_after_s=3600, server_keys="", status="actual", sources=None):
        self.program = program
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.folder = tempfile.TemporaryDirectory(prefix="allclear-clients-")
        self.path = pathlib.Path(self.folder.name)
        self.config = f"""
[server]
listen = "127.0.0.1:{self.port}"
status = "{status}"
webhook_private = true
{server_keys}
[store]
path = "store"
"""
        self.config += sources or f"""
[[feed]]
name = "official"
kind = "post"
official = true
stale_after_s = {stale_after_s}
"""
        self.status = status
        self.process = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def start(self):
        """Starts it on the folder it had before, if any, and waits until it answers."""
        config = self.path / "allclear.toml"
        config.write_text(self.config, encoding="utf-8")
        self.log = open(self.path / "log", "ab")
        command = [str(self.program), "run", "--config", str(config)]
        self.process = subprocess.Popen(command, stdout=self.log, stderr=self.log, stdin=subprocess.DEVNULL)
        deadline = time.monotonic() + 60
        while True:
            if self.process.poll() is not None:
                raise SystemExit(f"the server ended at its start:\n{self.said()}")
            try:
                self.get("/healthz")
                return
            except (urllib.error.URLError, ConnectionError):
                if time.monotonic() > deadline:
                    raise SystemExit(f"the server does not answer after 60 s:\n{self.said()}") from None
                time.sleep(0.05)

    def stop(self):
        """Asks it to stop, and makes it."""
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()

    def said(self):
        """The server's log."""
        return (self.path / "log").read_text(encoding="utf-8", errors="replace")

    def ask(self, path, headers=None, method="GET", body=None):
        """Status, headers and JSON (or None) of an answer, errors too."""
        request = urllib.request.Request(self.url + path, headers=headers or {}, method=method, data=body)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                text = answer.read()
                return answer.status, answer.headers, json.loads(text) if text else None
        except urllib.error.HTTPError as error:
            text = error.read()
            return error.code, error.headers, json.loads(text) if text else None

    def get(self, path):
        """The JSON of an answer that must be 200."""
        with urllib.request.urlopen(self.url + path, timeout=10) as answer:
            text = answer.read()
            return json.loads(text) if text[:1] in (b"{", b"[") else text

    def state(self):
        """The own API's whole picture."""
        return self.get("/api/v1/state")

    def say(self, *texts):
        """Posts official messages; every one must be read as exactly one order or more, and nothing refused."""
        reports = [{"source": "official", "text": text, "status": self.status} for text in texts]
        body = json.dumps(reports).encode()
        status, _, answer = self.ask("/api/v1/reports", {"Content-Type": "application/json"}, "POST", body)
        if status != 200:
            raise SystemExit(f"the server did not take {texts}: {status} {answer}")
        for text, taken in zip(texts, answer["accepted"], strict=True):
            if taken["items"] < 1 or taken["refused"]:
                raise SystemExit(f"the server did not understand {text!r}: {taken}")
