#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The demo lab's WebSocket service, prices of what the shop sells, and the client that listens to it.
Debian's python3-websockets, which compresses messages (permessage-deflate) unless told not to.

usage: ticker.py PORT | ticker.py HOST:PORT      serve; or listen
"""
import asyncio
import json
import random
import sys

import websockets

ITEMS = ["lamp", "desk", "chair", "shelf"]


async def serve(socket):
    dice = random.Random(7)
    wanted = json.loads(await socket.recv())["items"]
    for number in range(1, 40):
        item = dice.choice(wanted)
        await socket.send(json.dumps({"number": number, "item": item, "price": dice.randint(900, 9900) / 100}))
        await asyncio.sleep(0.5)
    await socket.close(1001, "prices are made anew")


async def listen(address):
    while True:
        try:
            async with websockets.connect(f"ws://{address}/prices") as socket:
                await socket.send(json.dumps({"items": ITEMS}))
                async for message in socket:
                    if json.loads(message)["number"] % 10 == 0:
                        await (await socket.ping(b"still here"))
        except (OSError, websockets.WebSocketException):
            pass
        await asyncio.sleep(1)


async def main():
    if ":" in sys.argv[1]:
        await listen(sys.argv[1])
    async with websockets.serve(serve, "0.0.0.0", int(sys.argv[1])):
        await asyncio.Future()


if __name__ == "__main__":
    asyncio.run(main())
