#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The demo lab's second service: orders, as JSON over HTTP/1.1, compressed where the client takes
it, and as server-sent events, on port 9090."""
import gzip
import json
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

orders = {}
LARGEST = 4 << 20


class Orders(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status, value):
        body = json.dumps(value, indent=1).encode() + b"\n"
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        if "gzip" in self.headers.get("Accept-Encoding", ""):
            body = gzip.compress(body)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def do_GET(self):
        path = self.path.split("?")[0]
        if path == "/healthz":
            self.answer(200, {"status": "ok"})
        elif path == "/orders":
            self.answer(200, {"orders": list(orders.values())[-20:]})
        elif path == "/orders/live":
            self.live()
        elif path == "/slow":
            time.sleep(0.35)
            self.answer(200, {"slow": True})
        elif path == "/fail":
            self.answer(500, {"error": "the till is on fire"})
        elif path.startswith("/orders/") and path[8:] in orders:
            self.answer(200, orders[path[8:]])
        else:
            self.answer(404, {"error": "no such order"})

    def live(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        for number in range(20):
            count = json.dumps({"orders": len(orders)})
            self.wfile.write(f"id: {number}\nevent: count\ndata: {count}\n\n".encode())
            time.sleep(0.5)

    do_HEAD = do_GET

    def do_POST(self):
        length = int(self.headers.get("Content-Length", "0"))
        if length > LARGEST:
            self.close_connection = True
            self.answer(413, {"error": "too large"})
            return
        body = self.rfile.read(length)
        number = str(4711 + len(orders))
        if len(orders) > 1000:
            orders.clear()
        orders[number] = {
            "id": number,
            "user": self.headers.get("x-user-id", "anonymous"),
            "bytes": len(body),
            "answered-by": "orders pod",
        }
        self.answer(201, orders[number])

    do_PUT = do_POST

    def do_DELETE(self):
        known = orders.pop(self.path[8:], None)
        self.answer(200 if known else 404, known or {"error": "no such order"})

    def log_message(self, *arguments):
        pass


if __name__ == "__main__":
    ThreadingHTTPServer(("0.0.0.0", int(sys.argv[1]) if len(sys.argv) > 1 else 9090), Orders).serve_forever()
