"""How soon a change is with the last of many subscriptions, and whether the stream waits for them. A figure, not a test.

Usage: crowd.py PROGRAM COUNT. All endpoints are on one receiver that answers at once.
"""

import asyncio
import json
import sys
import threading
import time
import urllib.request

from check import PATIENCE, SUMY, Receiver, end, next_change, raid, subscribe
from server import Server


class Sink(threading.Thread):
    """An HTTP receiver that answers 201 and counts."""

    def __init__(self):
        super().__init__(daemon=True)
        self.taken, self.last, self.bytes, self.up = 0, 0.0, 0, threading.Event()
        self.start()
        self.up.wait(PATIENCE)

    def run(self):
        asyncio.run(self.serve())

    async def serve(self):
        server = await asyncio.start_server(self.answer, "127.0.0.1", 0, backlog=1024)
        self.port = server.sockets[0].getsockname()[1]
        self.up.set()
        await server.serve_forever()

    async def answer(self, reader, writer):
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
                await reader.readexactly(length)
                writer.write(b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n")
                self.taken, self.last, self.bytes = self.taken + 1, time.monotonic(), len(head) + length
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()


def reach(sink, count):
    deadline = time.monotonic() + 10 * PATIENCE
    while sink.taken < count:
        assert time.monotonic() < deadline, f"{sink.taken} of {count}"
        time.sleep(0.005)


def main():
    program, count = sys.argv[1], int(sys.argv[2])
    push = f'[push]\nprivate = true\nsubscriptions_max = {count}\nservices = ["127.0.0.1"]\n'
    feed = '[[feed]]\nname = "official"\nkind = "post"\nofficial = true\nstale_after_s = 3600\n'
    sink, keys = Sink(), Receiver()
    with Server(program, sources=push + feed) as server:
        end(server, "Сумська область")
        for n in range(count):
            given = {**keys.subscription(), "endpoint": f"http://127.0.0.1:{sink.port}/push/{n}"}
            assert subscribe(server, given, [SUMY])[0] == 200
        reach(sink, count)
        stream = urllib.request.urlopen(server.url + "/api/v1/stream?area=" + SUMY, timeout=PATIENCE)
        for act, state in [(raid, "active"), (end, "clear")] * 3:
            before, began = sink.taken, time.monotonic()
            act(server, "Сумська область")
            next_change(stream, state)
            streamed = time.monotonic() - began
            reach(sink, before + count)
            told = json.dumps({"count": count, "stream_ms": round(streamed * 1000), "last_push_ms": round((sink.last - began) * 1000), "bytes": sink.bytes})
            print(told, flush=True)


if __name__ == "__main__":
    main()
