#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Records the captures of this folder anew, with real peers on loopback, each in one file:
grpcio (unary, streaming, an error, gzip), websockets (with and without permessage-deflate), an event
stream, nginx behind TLS, haproxy and curl with the PROXY protocol.

usage: record.py FOLDER         as root; needs tcpdump, nginx, haproxy, curl, openssl and
                                python3-grpcio, python3-websockets
"""
import asyncio
import concurrent.futures
import gzip
import http.server
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Recording:
    """tcpdump on loopback for one port, until everything sent in the block is in the file."""

    def __init__(self, path, port):
        self.path, self.port = path, port

    def __enter__(self):
        self.dump = subprocess.Popen(
            ["tcpdump", "-i", "lo", "-U", "-B", "8192", "-w", self.path, f"tcp port {self.port}"],
            stderr=subprocess.PIPE, text=True)
        for line in self.dump.stderr:
            if "listening on" in line:
                break
        return self

    def __exit__(self, *_):
        size = -1
        while size != os.path.getsize(self.path):
            size = os.path.getsize(self.path)
            time.sleep(3)  # tcpdump tells nobody when it has caught up; a busy machine lets it lag
        self.dump.send_signal(signal.SIGINT)
        self.dump.wait()


# -- gRPC ------------------------------------------------------------------------------------------


def text_field(number, text):
    data = text.encode()
    return bytes([number << 3 | 2, len(data)]) + data


def order(identity, item, count):
    return text_field(1, identity) + text_field(2, item) + bytes([3 << 3, count])


def record_grpc(path):
    import grpc

    class Shop(grpc.GenericRpcHandler):
        def service(self, details):
            method = details.method
            if method == "/shop.Orders/Get":
                return grpc.unary_unary_rpc_method_handler(self.get)
            if method == "/shop.Orders/Watch":
                return grpc.unary_stream_rpc_method_handler(self.watch)
            if method == "/shop.Orders/Chat":
                return grpc.stream_stream_rpc_method_handler(self.chat)
            return None

        def get(self, request, context):
            if b"missing" in request:
                context.abort(grpc.StatusCode.NOT_FOUND, "order missing was never placed")
            context.set_trailing_metadata((("x-served-by", "shop-1"),))
            return order("4711", "lamp", 2)

        def watch(self, request, context):
            for i in range(5):
                yield order("4711", f"state {i}", i)

        def chat(self, requests, context):
            for request in requests:
                yield request

    server = grpc.server(concurrent.futures.ThreadPoolExecutor(4), compression=grpc.Compression.NoCompression)
    server.add_generic_rpc_handlers((Shop(),))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    with Recording(path, port):
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            get = channel.unary_unary("/shop.Orders/Get")
            get(text_field(1, "4711"))
            get(text_field(1, "4711" + "x" * 90), compression=grpc.Compression.Gzip)
            try:
                get(text_field(1, "missing"))
            except grpc.RpcError:
                pass
            list(channel.unary_stream("/shop.Orders/Watch")(text_field(1, "4711")))
            list(channel.stream_stream("/shop.Orders/Chat")(iter([order(str(i), "hello", i) for i in range(3)])))
            call = channel.unary_stream("/shop.Orders/Watch")(text_field(1, "slow"))
            next(call)
            call.cancel()
            try:
                channel.unary_unary("/shop.Orders/Nothing")(b"")
            except grpc.RpcError:
                pass
    server.stop(0).wait()


# -- WebSocket -------------------------------------------------------------------------------------


def record_websocket(path, compression):
    import websockets

    async def ticker(socket):
        async for message in socket:
            if message == "bye":
                await socket.close(1001, "server is restarting")
                return
            await socket.send(message)
            await socket.send(b"\x00\x01\x02\xff")

    async def run():
        async with websockets.serve(ticker, "127.0.0.1", 0, compression=compression) as server:
            port = server.sockets[0].getsockname()[1]
            with Recording(path, port):
                async with websockets.connect(f"ws://127.0.0.1:{port}/ticker", compression=compression) as client:
                    for i in range(4):
                        await client.send('{"symbol":"PGLS","price":%d,"note":"the same text again"}' % i)
                        await client.recv()
                        await client.recv()
                    await client.send(["in ", "three ", "parts"])
                    await client.recv()
                    await client.recv()
                    await (await client.ping(b"are you there"))
                    await client.send("bye")
                    await client.wait_closed()

    asyncio.run(run())


# -- server-sent events, codings -------------------------------------------------------------------


class Pages(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        if self.path == "/events":
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            parts = [": connected\n\n"] + [
                f'id: {i}\nevent: {"price" if i % 2 else "stock"}\ndata: {{"sku":"A-{i}","value":{i * 7}}}\n\n'
                for i in range(6)]
            for part in parts + [""]:
                data = part.encode()
                self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
                self.wfile.flush()
            return
        text = b'{"items":[' + b",".join(b'{"sku":"A-%d","price":%d}' % (i, i * 3) for i in range(200)) + b"]}"
        body, coding = gzip.compress(text, mtime=0), "gzip"
        if self.path == "/bomb":
            body = gzip.compress(bytes(32 << 20), mtime=0)
        elif self.path == "/wrong":
            body, coding = text, "br"
        elif self.path == "/cut":
            body = body[: len(body) // 2]
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Encoding", coding)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def record_pages(path, pages):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    port = server.server_address[1]
    with Recording(path, port):
        for page in pages:
            subprocess.run(["curl", "-s", "-o", "/dev/null", f"http://127.0.0.1:{port}{page}"], check=True)
    server.shutdown()


# -- TLS, PROXY protocol ---------------------------------------------------------------------------


def nginx(folder, port, listen):
    config = pathlib.Path(folder) / "nginx.conf"
    config.write_text(f"""
daemon off; pid {folder}/nginx.pid; error_log stderr;
events {{}}
http {{
  access_log off;
  client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c;
  uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;
  server {{ listen 127.0.0.1:{port} {listen};
    ssl_certificate {folder}/cert.pem; ssl_certificate_key {folder}/key.pem;
    location / {{ return 200 "hello\\n"; }} }}
}}
""")
    process = subprocess.Popen(["nginx", "-c", config], stderr=subprocess.DEVNULL)
    wait_for(port)
    return process


def wait_for(port):
    for _ in range(100):
        with socket.socket() as s:
            if s.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit(f"nothing listens on {port}")


def record_tls(path, folder):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
                    "-nodes", "-keyout", f"{folder}/key.pem", "-out", f"{folder}/cert.pem", "-days", "2",
                    "-subj", "/CN=shop.test"], check=True, stderr=subprocess.DEVNULL)
    port = free_port()
    server = nginx(folder, port, "ssl http2")
    with Recording(path, port):
        for extra in ([], ["--tls-max", "1.2", "--http1.1"]):
            subprocess.run(["curl", "-sk", "-o", "/dev/null", *extra, "--resolve",
                            f"shop.test:{port}:127.0.0.1", f"https://shop.test:{port}/"], check=True)
    server.terminate()
    server.wait()


def record_proxy(path, folder):
    port, front = free_port(), free_port()
    server = nginx(folder, port, "proxy_protocol")
    config = pathlib.Path(folder) / "haproxy.cfg"
    config.write_text(f"""
defaults
  mode tcp
  timeout connect 2s
  timeout client 5s
  timeout server 5s
listen front
  bind 127.0.0.1:{front}
  server shop 127.0.0.1:{port} send-proxy-v2
""")
    with Recording(path, port):
        haproxy = subprocess.Popen(["haproxy", "-f", config], stderr=subprocess.DEVNULL)
        wait_for(front)
        subprocess.run(["curl", "-s", "-o", "/dev/null", f"http://127.0.0.1:{front}/v2"], check=True)
        subprocess.run(["curl", "-s", "-o", "/dev/null", "--haproxy-protocol",
                        f"http://127.0.0.1:{port}/v1"], check=True)
        haproxy.terminate()
        haproxy.wait()
    server.terminate()
    server.wait()


def main():
    out = pathlib.Path(sys.argv[1])
    for name in ("grpc", "websocket", "websocket-deflate", "events", "codings", "tls", "proxy"):
        (out / name).mkdir(parents=True, exist_ok=True)
    capture = lambda name: str(out / name / "input.pcap")
    record_grpc(capture("grpc"))
    record_websocket(capture("websocket"), None)
    record_websocket(capture("websocket-deflate"), "deflate")
    record_pages(capture("events"), ["/events"])
    record_pages(capture("codings"), ["/json", "/wrong", "/cut", "/bomb"])
    with tempfile.TemporaryDirectory() as folder:
        record_tls(capture("tls"), folder)
        record_proxy(capture("proxy"), folder)


if __name__ == "__main__":
    main()
