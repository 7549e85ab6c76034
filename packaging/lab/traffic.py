#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the lab's traffic until it is ended: shoppers, and a kubelet's probes each second.

usage: traffic.py SHOP:PORT ORDERS:PORT
"""
import http.client
import random
import sys
import threading
import time

USERS = ["qa-7", "qa-9", "ana-1", "ben-2", "cleo-3"]
SIZES = [0, 0, 64, 900, 12_000, 180_000, 1 << 20]


class Host:
    """One address; connections are kept for some requests and closed after others."""

    def __init__(self, address):
        self.address = address
        self.connection = None

    def ask(self, method, path, body=None, headers=None, keep=True):
        headers = dict(headers or {})
        if not keep:
            headers["Connection"] = "close"
        if self.connection is None:
            self.connection = http.client.HTTPConnection(self.address, timeout=10)
        try:
            self.connection.request(method, path, body=body, headers=headers)
            response = self.connection.getresponse()
            response.read()
            if not keep or response.will_close:
                self.close()
        except (OSError, http.client.HTTPException):
            self.close()

    def close(self):
        if self.connection is not None:
            self.connection.close()
            self.connection = None


def shopper(shop, orders, seed):
    dice = random.Random(seed)
    shop, orders = Host(shop), Host(orders)
    while True:
        headers = {
            "User-Agent": "shopper/2.1",
            "X-User-Id": dice.choice(USERS),
            "X-Request-Id": f"{dice.getrandbits(64):016x}",
            "Accept": "application/json",
            "Accept-Encoding": "gzip",
        }
        keep = dice.random() < 0.8
        body = bytes(dice.choice(SIZES))
        if body:
            headers["Content-Type"] = "application/octet-stream"
        choice = dice.random()
        if choice < 0.30:
            shop.ask("GET", "/api/items", headers=headers, keep=keep)
        elif choice < 0.45:
            shop.ask("GET", f"/api/items/{dice.randint(1, 4)}?currency=EUR", headers=headers, keep=keep)
        elif choice < 0.55:
            shop.ask("POST", "/api/cart", body, headers, keep)
        elif choice < 0.58:
            shop.ask("GET", "/api/broken", headers=headers, keep=keep)
        elif choice < 0.70:
            orders.ask("GET", "/orders", headers=headers, keep=keep)
        elif choice < 0.88:
            orders.ask("POST", "/orders", body, headers, keep)
        elif choice < 0.92:
            orders.ask("DELETE", f"/orders/{dice.randint(4711, 4730)}", headers=headers, keep=keep)
        elif choice < 0.96:
            orders.ask("GET", "/slow", headers=headers, keep=keep)
        else:
            orders.ask("GET", "/fail", headers=headers, keep=keep)
        time.sleep(dice.uniform(0.02, 0.25))


def watcher(orders):
    host = Host(orders)
    while True:
        host.ask("GET", "/orders/live", headers={"Accept": "text/event-stream"}, keep=False)
        time.sleep(1)


def probes(address):
    host = Host(address)
    while True:
        host.ask("GET", "/healthz", headers={"User-Agent": "kube-probe/1.29"}, keep=False)
        time.sleep(1)


def main():
    shop, orders = sys.argv[1:3]
    work = [(shopper, (shop, orders, seed)) for seed in range(3)] + [
        (watcher, (orders,)), (probes, (shop,)), (probes, (orders,))]
    threads = [threading.Thread(target=target, args=arguments, daemon=True) for target, arguments in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main()
