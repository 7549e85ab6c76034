# SPDX-License-Identifier: Apache-2.0
"""Incident I2: a service that answers, resets or closes after k bytes while the caller still sends. Every
16 bytes of a body carry the number of its request, and no receiver may ever see another's. Both as HTTP/1
keep-alive and as HTTP/2 streams, through a stolen port whose filter passes everything on.

    early_answer.py            64 callers at once, a few requests each (ctest)
    early_answer.py ROUNDS     the same so many times (label soak: 80 rounds are more than 100,000 requests)"""
import asyncio
import os
import re
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path += [os.path.join(HERE, '..', 'net', 'proof'), os.path.join(HERE, '..', 'net', 'steal')]
import h2raw  # noqa: E402

ROUNDS = 1
CALLERS = 64
BODY = 1 << 20
SMALL = 70_000
HOW = (b'answer', b'refuse', b'reset', b'close')
AFTER = (0, 1, 1448, 65536, BODY)


def body_of(number, size):
    return (b'%015x.' % number) * (size // 16)


class Check:
    """The bytes of one body as they come."""
    foreign = 0

    def __init__(self, number):
        self.pattern, self.seen = b'%015x.' % number, 0

    def take(self, data):
        at = self.seen % 16
        wanted = (self.pattern * (len(data) // 16 + 2))[at:at + len(data)]
        Check.foreign += data != wanted
        self.seen += len(data)


# -- the service ---------------------------------------------------------------------------------------

async def serve(reader, writer):
    try:
        start = await reader.readexactly(4)
        if start == h2raw.PREFACE[:4]:
            await serve2(reader, writer)
        else:
            await serve1(reader, writer, start)
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        writer.close()


async def serve1(reader, writer, start):
    while True:
        head = start + await reader.readuntil(b'\r\n\r\n')
        how, after = re.match(rb'POST /(\w+)/(\d+)', head).groups()
        after, number = int(after), int(re.search(rb'X-Number: (\d+)', head).group(1))
        left, check = int(re.search(rb'Content-Length: (\d+)', head).group(1)), Check(number)
        while left and check.seen < after:
            part = await reader.read(min(left, after - check.seen, 65536))
            if not part:
                return
            check.take(part)
            left -= len(part)
        if how == b'reset':
            writer.transport.abort()
            return
        if how == b'close':
            return
        code, more = (b'200 OK', b'') if how == b'answer' else (b'413 Too Large', b'Connection: close\r\n')
        writer.write(b'HTTP/1.1 ' + code + b'\r\n' + more + b'Content-Length: 15\r\n\r\n%015x' % number)
        await writer.drain()
        while left and how == b'answer':
            part = await reader.read(min(left, 65536))
            if not part:
                return
            check.take(part)
            left -= len(part)
        if how != b'answer':
            return
        start = b''


async def serve2(reader, writer):
    await reader.readexactly(20)
    writer.write(h2raw.frame(h2raw.SETTINGS, 0, 0))
    streams = {}
    while True:
        kind, flags, stream, payload = await h2raw.read(reader)
        if kind == h2raw.SETTINGS and not flags & h2raw.ACK:
            writer.write(h2raw.frame(h2raw.SETTINGS, h2raw.ACK, 0))
        elif kind == h2raw.HEADERS:
            code = h2raw.unplain(payload)
            how, after, number = HOW[code >> 56], (code >> 32) & 0xffffff, code & 0xffffffff
            streams[stream] = [how, after, Check(number), False]
        elif kind == h2raw.DATA and payload:
            for which in (0, stream):
                writer.write(h2raw.frame(h2raw.WINDOW, 0, which, len(payload).to_bytes(4, 'big')))
            if stream in streams:
                streams[stream][2].take(payload)
        if stream not in streams:
            continue
        how, after, check, said = streams[stream]
        over = kind in (h2raw.DATA, h2raw.HEADERS) and flags & h2raw.END_STREAM
        if not said and (check.seen >= after or over):
            streams[stream][3] = True
            if how == b'reset':
                writer.write(h2raw.frame(h2raw.RST, 0, stream, (2).to_bytes(4, 'big')))
                del streams[stream]
            elif how == b'close':
                return
            else:
                code = b'\x88' if how == b'answer' else b'\x8c'
                writer.write(h2raw.frame(h2raw.HEADERS, h2raw.END_HEADERS, stream, code))
                writer.write(h2raw.frame(h2raw.DATA, h2raw.END_STREAM, stream, check.pattern[:15]))
        if over:
            streams.pop(stream, None)
        await writer.drain()


# -- the callers ---------------------------------------------------------------------------------------

async def answer1(reader):
    head = await reader.readuntil(b'\r\n\r\n')
    return int(head[9:12]), await reader.readexactly(int(re.search(rb'Content-Length: (\d+)', head).group(1)))


async def ask1(reader, writer, how, after, number, size):
    writer.write(b'POST /%s/%d HTTP/1.1\r\nHost: a\r\nX-Number: %d\r\nContent-Length: %d\r\n\r\n'
                 % (how, after, number, size // 16 * 16))

    async def send():
        whole = body_of(number, size)
        for at in range(0, len(whole), 32768):
            writer.write(whole[at:at + 32768])
            await writer.drain()
    sending = asyncio.ensure_future(send())
    try:
        got = await answer1(reader)
        if got[0] == 200:
            await sending
        return got
    except (asyncio.IncompleteReadError, ConnectionError):
        return 0, b''
    finally:
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)


async def caller1(where, how, after, number):
    """What was seen of an early answer, and of an ordinary request behind it on the same connection."""
    reader, writer = await asyncio.open_connection(where, 8090)
    try:
        first = await ask1(reader, writer, how, after, number, max(SMALL, after + 4096))
        if first[0] != 200:
            return first[0], first[1] in (b'', b'%015x' % number)
        second = await ask1(reader, writer, b'answer', 1600, number + 1, 1600)
        return 200, first[1] == b'%015x' % number and second == (200, b'%015x' % (number + 1))
    finally:
        writer.close()


async def caller2(where, how, after, number, size=SMALL):
    """Four streams at once and one behind them."""
    reader, writer = await asyncio.open_connection(where, 8090)
    window, first = {0: 65535}, [65535]
    seen, ended, room = {}, set(), asyncio.Event()

    async def listen():
        while True:
            kind, flags, stream, payload = await h2raw.read(reader)
            if kind == h2raw.SETTINGS and not flags & h2raw.ACK:
                writer.write(h2raw.frame(h2raw.SETTINGS, h2raw.ACK, 0))
                for at in range(0, len(payload), 6):
                    if payload[at:at + 2] == b'\0\4': # the first window of each stream (RFC 9113 6.5.2)
                        more = h2raw.number(payload[at + 2:]) - first[0]
                        first[0] += more
                        window.update({each: room_ + more for each, room_ in window.items() if each})
            elif kind == h2raw.WINDOW:
                window[stream] = window.get(stream, first[0]) + h2raw.number(payload)
            elif kind == h2raw.HEADERS:
                seen[stream] = (h2raw.status(payload), b'')
            elif kind == h2raw.DATA:
                seen[stream] = (seen[stream][0], seen[stream][1] + payload)
            elif kind == h2raw.RST:
                seen.setdefault(stream, (0, b''))
            if kind == h2raw.RST or (kind in (h2raw.HEADERS, h2raw.DATA) and flags & h2raw.END_STREAM):
                ended.add(stream)
            room.set()

    async def send(stream, code, limit, who, bytes_):
        writer.write(h2raw.frame(h2raw.HEADERS, h2raw.END_HEADERS, stream, h2raw.request(
            b'POST', b'/x', (b'x-code', h2raw.plain(HOW.index(code) << 56 | limit << 32 | who)))))
        whole, at = body_of(who, bytes_), 0
        window.setdefault(stream, first[0])
        while at < len(whole) and (stream not in ended or seen[stream][0] == 200):
            part = min(window[0], window[stream], 16384, len(whole) - at)
            if part <= 0:
                room.clear()
                await room.wait()
                continue
            window[0] -= part
            window[stream] -= part
            last = at + part == len(whole)
            writer.write(h2raw.frame(h2raw.DATA, last, stream, whole[at:at + part]))
            at += part
            await writer.drain()
        while stream not in ended:
            room.clear()
            await room.wait()

    writer.write(h2raw.PREFACE + h2raw.frame(h2raw.SETTINGS, 0, 0))
    listening = asyncio.ensure_future(listen())
    sending = asyncio.gather(*(send(1 + 2 * i, how, after, number + i, size) for i in range(4)))
    try:
        done, _ = await asyncio.wait({listening, sending}, return_when=asyncio.FIRST_COMPLETED, timeout=20)
        if sending not in done or how == b'close': # its streams end one by one, then all
            return 0 if done else -1, how == b'close' and bool(done)
        sending.result()
        await asyncio.wait_for(send(9, b'answer', 1600, number + 4, 1600), 20)
        right = all(seen[1 + 2 * i][1] in (b'', b'%015x' % (number + i)) for i in range(5))
        return seen[1][0], right and seen[9] == (200, b'%015x' % (number + 4))
    except ConnectionError:
        return 0, how == b'close'
    except asyncio.TimeoutError: # something waits for ever: -1 is never right
        return -1, False
    finally:
        for task in (listening, sending):
            task.cancel()
        await asyncio.gather(listening, sending, return_exceptions=True)
        writer.close()


async def cells(where, say=print):
    number, wrong = 1, []
    for _ in range(ROUNDS):
        for name, caller in (('http/1', caller1), ('http/2', caller2)):
            for how, may in ((b'answer', {200}), (b'refuse', {413, 400, 0}), (b'reset', {0}), (b'close', {0})):
                for after in AFTER:
                    # Of HTTP/2 each has four streams at once.
                    callers = CALLERS if caller is caller1 else CALLERS // 4
                    numbers = range(number, number + callers * 8, 8)
                    number += callers * 8
                    got = await asyncio.gather(*(asyncio.wait_for(caller(where, how, after, each), 60)
                                                 for each in numbers))
                    seen = {status for status, _ in got}
                    if os.environ.get('CELLS'):
                        print(name, how, after, seen, file=sys.stderr, flush=True)
                    if not seen <= may or not all(right for _, right in got):
                        wrong.append('%s %s after %d: %s, %d wrong' % (
                            name, how.decode(), after, seen, sum(not right for _, right in got)))
    for line in wrong:
        say(line)
    return not wrong


def run_service():
    async def go():
        async with await asyncio.start_server(serve, '0.0.0.0', 8090, limit=1 << 18, backlog=512) as server:
            asyncio.get_running_loop().add_reader(sys.stdin.fileno(), server.close)
            try:
                await server.serve_forever()
            except asyncio.CancelledError:
                pass
    asyncio.run(go())
    print('foreign', Check.foreign)


class EarlyAnswer(unittest.TestCase):
    def test_no_body_is_ever_anothers(self):
        import subprocess
        from lab import POD4, Lab, inside, memory, run, until
        with Lab(nginx=False) as lab:
            def service():
                made = subprocess.Popen(inside(lab.pod, 'python3', '-B', __file__, '--serve'), text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
                until(lambda: run(*inside(lab.pod, 'ss', '-ltnH', 'sport = :8090')).stdout, what='the service')
                return made
            behind = service()
            ctl = lab.ctl('--mode', 'steal', '--filter-text', 'header "x-me" is "1"', '--answer', '200',
                          port='8090', keep=False).ready()
            agent = ctl.worker()
            done = run(*inside(lab.caller, 'python3', '-B', __file__, '--call', POD4, str(ROUNDS)),
                       timeout=280)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            self.assertEqual(behind.communicate('')[0].strip(), 'foreign 0')
            print('agent anonymous %.1f MiB' % (memory(agent) / 2**20))


if __name__ == '__main__':
    if sys.argv[1:2] == ['--serve']:
        run_service()
    elif sys.argv[1:2] == ['--call']:
        ROUNDS = int(sys.argv[3])
        sys.exit(not asyncio.run(cells(sys.argv[2])))
    else:
        import lab as proof
        if len(sys.argv) > 1 and sys.argv[1].isdigit():
            ROUNDS = int(sys.argv.pop(1))
        proof.main()
