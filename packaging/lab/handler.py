#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Answers stolen requests on this machine: the version of a service that you are working on."""
import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        size = len(self.rfile.read(int(self.headers.get("Content-Length", "0"))))
        body = json.dumps(
            {
                "answered-by": "your machine",
                "method": self.command,
                "path": self.path,
                "user": self.headers.get("x-user-id"),
                "bytes": size,
            },
            indent=1,
        ).encode() + b"\n"
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Answered-By", "your-machine")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
        print(self.command, self.path, self.headers.get("x-user-id", "-"), size, flush=True)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_PATCH = answer

    def log_message(self, *arguments):
        pass


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1]) if len(sys.argv) > 1 else 8080), Handler).serve_forever()
