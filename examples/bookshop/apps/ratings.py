"""Stars for books, with nothing but Python's standard library. ratings.ts is its twin.

GET /ratings/12
"""

import json
import os
import re
import signal
import sqlite3
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

BOOKS = 200
REVIEWERS = ["Ada", "Grace", "Edsger", "Barbara", "Donald", "Radia", "Alan", "Frances"]
BODY_BYTES_MAX = 64 * 1024
PATH = re.compile(r"/ratings/([0-9]{1,6})")


class Ratings:
    def __init__(self):
        self._lock = threading.Lock()
        self._database = sqlite3.connect(":memory:", check_same_thread=False)
        self._database.execute(
            "CREATE TABLE ratings"
            " (id INTEGER PRIMARY KEY, bookId INTEGER, reviewer TEXT, stars INTEGER)"
        )
        self._database.execute("CREATE INDEX ratingsOfBook ON ratings (bookId)")
        rows = [
            (book, REVIEWERS[(book + i * 3) % len(REVIEWERS)], 1 + (book * 7 + i * 3) % 5)
            for book in range(1, BOOKS + 1)
            for i in range(2 + book % 4)
        ]
        self._database.executemany(
            "INSERT INTO ratings (bookId, reviewer, stars) VALUES (?, ?, ?)", rows
        )
        self._database.commit()

    def of_book(self, book_id):
        with self._lock:
            rows = self._database.execute(
                "SELECT reviewer, stars FROM ratings WHERE bookId = ? ORDER BY id", (book_id,)
            ).fetchall()
            (average,) = self._database.execute(
                "SELECT avg(stars) FROM ratings WHERE bookId = ?", (book_id,)
            ).fetchone()
        # Half up, as JavaScript rounds.
        rounded = int((average or 0) * 100 + 0.5) / 100
        return {
            "bookId": book_id,
            "average": int(rounded) if rounded == int(rounded) else rounded,
            "ratings": [{"reviewer": reviewer, "stars": stars} for reviewer, stars in rows],
        }


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Head and body leave in one piece, and at once.
    wbufsize = -1
    disable_nagle_algorithm = True
    timeout = 75
    ratings = None

    def do_GET(self):
        path = self.path.split("?", 1)[0]
        found = PATH.fullmatch(path)
        if path == "/healthz":
            self._answer(200, "text/plain", "ok\n")
        elif found:
            self._json(200, self.ratings.of_book(int(found.group(1))))
        else:
            self._json(404, {"error": f"There is no {path}"})

    def do_POST(self):
        length = int(self.headers.get("content-length") or 0)
        if length > BODY_BYTES_MAX:
            self.close_connection = True
        else:
            self.rfile.read(length)
        path = self.path.split("?", 1)[0]
        self._json(404, {"error": f"There is no {path}"})

    def _json(self, status, value):
        text = json.dumps(value, separators=(",", ":"), ensure_ascii=False) + "\n"
        self._answer(status, "application/json", text)

    def _answer(self, status, kind, text):
        body = text.encode("utf-8")
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Listener(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


def main():
    port = os.environ.get("PORT", "")
    if not port.isdigit():
        sys.exit(f'ratings: $PORT must say where to listen, and is "{port}"')
    Handler.ratings = Ratings()
    listener = Listener((os.environ.get("HOST", "127.0.0.1"), int(port)), Handler)
    stop = lambda *_: threading.Thread(target=listener.shutdown).start()  # noqa: E731
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    print(f"ratings listens on {port}", flush=True)
    listener.serve_forever(poll_interval=0.1)


main()
