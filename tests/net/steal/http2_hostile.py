# SPDX-License-Identifier: Apache-2.0
"""Callers that want to wear the agent out by HTTP/2, and those that are merely slow, through a stolen port:
what they get, what the service hears of them, and that others are served. nghttpd behind, raw frames in front."""
import json
import os
import re
import socket
import subprocess
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path += [os.path.join(HERE, '..', 'proof'), HERE]
from h2raw import (ACK, CONTINUATION, DATA, END_HEADERS, END_STREAM, GOAWAY, HEADERS, PING, PREFACE,  # noqa: E402
                   PRIORITY, RST, SETTINGS, WINDOW, block, frame, number, request, status)

BIG = 3_000_000
BOTH = END_STREAM | END_HEADERS


class Caller:
    """One connection. What a stream got is in `seen`: status, bytes, how it ended."""

    def __init__(self, address, window=None, greet=True, port=8080):
        self.socket = socket.create_connection((address, port), 20)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.rest, self.seen, self.end = b'', {}, None
        if greet:
            self.send(PREFACE + frame(SETTINGS, 0, 0, b'' if window is None else b'\0\4' + window.to_bytes(4, 'big')))

    def send(self, data):
        try:
            self.socket.sendall(data)
        except OSError:
            pass  # closed meanwhile: what was said before is read by until()

    def get(self, stream, path=b'/x', *more):
        self.send(frame(HEADERS, BOTH, stream, request(b'GET', path, *more)))

    def until(self, done):
        """Reads frames until `done()` or the end; true if it came."""
        while not done() and not self.end:
            try:
                part = self.socket.recv(1 << 16)
            except TimeoutError:
                self.end = 'silence'
                break
            except OSError:
                part = b''
            self.rest += part
            self.end = None if part else 'closed'
            while len(self.rest) >= 9 and len(self.rest) >= 9 + int.from_bytes(self.rest[:3], 'big'):
                size = int.from_bytes(self.rest[:3], 'big')
                self.take(self.rest[3], self.rest[4], number(self.rest[5:9]), self.rest[9:9 + size])
                self.rest = self.rest[9 + size:]
        return bool(done())

    def take(self, kind, flags, stream, payload):
        mine = self.seen.setdefault(stream, {'status': 0, 'bytes': 0, 'end': None}) if stream else None
        if kind == SETTINGS and not flags & ACK:
            self.send(frame(SETTINGS, ACK, 0))
        elif kind == HEADERS:
            mine['status'] = mine['status'] or status(payload)
        elif kind == DATA:
            mine['bytes'] += len(payload)
        elif kind == RST:
            mine['end'] = 'reset %d' % number(payload)
        elif kind == GOAWAY:
            self.end = 'goaway %d' % number(payload[4:])
        if kind in (HEADERS, DATA) and flags & END_STREAM:
            mine['end'] = 'end'

    def ended(self, *streams):
        return all(self.seen.get(stream, {}).get('end') for stream in streams)


# -- scenes, inside the callers' namespace: each returns what there is to say of it ---------------------

def preface_in_pieces(address):
    caller = Caller(address, greet=False)
    for byte in PREFACE + frame(SETTINGS, 0, 0):
        caller.send(bytes((byte,)))
    caller.get(1)
    caller.until(lambda: caller.ended(1))
    return caller.seen[1]


def continuation_flood(address):
    caller = Caller(address)
    caller.send(frame(HEADERS, END_STREAM, 1, request())
                + b''.join(frame(CONTINUATION, 0, 1, block((b'x', b'y' * 100))) for _ in range(1000)))
    caller.until(lambda: False)
    return caller.end


def rapid_reset(address):
    caller = Caller(address)
    caller.send(b''.join(frame(HEADERS, BOTH, stream, request()) + frame(RST, 0, stream, b'\0\0\0\x08')
                         for stream in range(1, 8001, 2)))
    caller.until(lambda: False)
    return caller.end


def header_bomb(address):
    """One field of 4,000 bytes into the table, then a byte each for a hundred more of it."""
    caller = Caller(address)
    large = b'\x40\x01x\x7f' + bytes((0x80 | (4000 - 127) % 128, (4000 - 127) // 128)) + b'a' * 4000
    caller.send(frame(HEADERS, BOTH, 1, request() + large + b'\xbe' * 100))
    caller.get(3)
    caller.until(lambda: caller.ended(1, 3))
    return caller.seen.get(1), caller.seen.get(3)


def flood_of(kind):
    def scene(address):
        one = {'data': frame(DATA, 0, 1), 'priority': frame(PRIORITY, 0, 3, bytes(4) + b'\x10'),
               'settings': frame(SETTINGS, 0, 0), 'ping': frame(PING, 0, 0, bytes(8))}[kind]
        caller = Caller(address)
        caller.send(frame(HEADERS, END_HEADERS, 1, request(b'POST')))
        for _ in range(40):
            caller.send(one * 1000)
        caller.until(lambda: False)
        return caller.end
    return scene


def few_empty_frames(address):
    """What a caller that is only odd sends."""
    caller = Caller(address)
    caller.send(frame(HEADERS, END_HEADERS, 1, request(b'POST')) + frame(DATA, 0, 1) * 5000
                + frame(99, 0, 0) * 2000 + frame(DATA, END_STREAM, 1))
    caller.until(lambda: caller.ended(1))
    return caller.seen.get(1)


def closed_window(address):
    """60 large answers that nobody reads, then one of them all the same; a line on stdin goes on."""
    caller = Caller(address, window=0)
    streams = range(1, 121, 2)
    for stream in streams:
        caller.get(stream, b'/big')
    caller.until(lambda: all(caller.seen.get(stream, {}).get('status') for stream in streams))
    print('asked', flush=True)
    sys.stdin.readline()
    caller.send(frame(WINDOW, 0, 0, BIG.to_bytes(4, 'big')) + frame(WINDOW, 0, 119, BIG.to_bytes(4, 'big')))
    caller.until(lambda: caller.ended(119))
    return caller.seen[119], sum(caller.seen[stream]['bytes'] for stream in streams)


def client_dies(address):
    """A taken answer stands in the middle when a line comes; the other stream of the connection lives."""
    caller = Caller(address, window=1000)
    caller.get(1, b'/big', (b'x-me', b'1'))
    caller.get(3, b'/big')
    caller.until(lambda: caller.seen.get(1, {}).get('bytes') == 1000 and caller.seen.get(3, {}).get('bytes') == 1000)
    print('half', flush=True)
    sys.stdin.readline()
    caller.send(b''.join(frame(WINDOW, 0, stream, (2 * BIG).to_bytes(4, 'big')) for stream in (0, 1, 3)))
    caller.until(lambda: caller.ended(1, 3))
    return caller.seen[1], caller.seen[3]


def service_goes_away(address):
    caller = Caller(address, port=8084)
    caller.get(1)
    caller.get(3)
    caller.until(lambda: False)
    return caller.seen[1], caller.end


SCENES = {scene.__name__: scene for scene in (preface_in_pieces, continuation_flood, rapid_reset, header_bomb,
                                              few_empty_frames, closed_window, client_dies, service_goes_away)}
SCENES.update({'flood of ' + kind: flood_of(kind) for kind in ('data', 'priority', 'settings', 'ping')})


# A service that answers its first stream and has no more to say, for a reason of its own.
GOING = '''
import socket, sys
sys.path.insert(0, %r)
from h2raw import *
listener = socket.create_server(("", 8084))
while True:
    with listener.accept()[0] as peer:
        heard = peer.recv(1 << 16)
        if not heard:
            continue  # the self-test
        peer.sendall(frame(SETTINGS, 0, 0))
        while b"/x" not in heard:
            heard += peer.recv(1 << 16)
        peer.sendall(frame(HEADERS, END_STREAM | END_HEADERS, 1, b"\\x88")
                     + frame(GOAWAY, 0, 0, bytes((0, 0, 0, 1)) + bytes((0, 0, 0, 11))))
        while peer.recv(1 << 16):
            pass
''' % HERE


class Http2Hostile(unittest.TestCase):
    def setUp(self):
        from lab import Lab
        self.lab = Lab(nginx=False).__enter__()
        self.addCleanup(self.lab.__exit__)
        for name in ('theirs', 'mine'):
            os.makedirs(os.path.join(self.lab.folder, name))
            for file, size in (('x', 1), ('big', BIG)):
                with open(os.path.join(self.lab.folder, name, file), 'wb') as out:
                    out.write(b'z' * size)
        self.nghttpd('theirs', 8080, self.lab.pod)

    def nghttpd(self, folder, port, where=None):
        from lab import inside, run, until
        log = open(os.path.join(self.lab.folder, folder + '.log'), 'wb')
        self.addCleanup(log.close)
        self.lab.start('nghttpd', '--no-tls', '-v', '-d', os.path.join(self.lab.folder, folder), str(port),
                       where=where, stdout=log, stderr=subprocess.STDOUT)
        until(lambda: run(*inside(where, 'ss', '-ltnH', 'sport = :%d' % port)).stdout, what='nghttpd')

    def steal(self, *how):
        return self.lab.ctl('--mode', 'steal', '--filter-text', 'header "x-me" is "1"',
                            *(how or ('--answer', '200')), keep=False).ready()

    def begin(self, scene):
        from lab import POD4, inside
        process = subprocess.Popen(inside(self.lab.caller, 'python3', '-B', __file__, '--scene', scene, POD4),
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.addCleanup(process.stdout.close)
        return process

    def end(self, process):
        said = process.communicate('\n', timeout=60)[0]
        self.assertEqual(process.returncode, 0)
        return json.loads(said.splitlines()[-1])

    def scene(self, name):
        return self.end(self.begin(name))

    def heard(self):
        """How many requests the service has got."""
        with open(os.path.join(self.lab.folder, 'theirs.log'), 'rb') as file:
            return len(re.findall(rb':path: ', file.read()))

    def served(self):
        self.assertEqual(self.scene('preface_in_pieces'), {'status': 200, 'bytes': 1, 'end': 'end'})

    def test_p1_a_preface_in_pieces(self):
        self.steal()
        self.served()

    def test_p1_upgraded_from_http1(self):
        from lab import POD4, inside, run, until
        self.lab.start('nghttpx', '-f0.0.0.0,8083;no-tls', '-b127.0.0.1,8080;;proto=h2', '-n1', '--no-ocsp',
                       '--accesslog-file=/dev/null', '--errorlog-file=/dev/null', '--conf=/dev/null',
                       '--single-process', where=self.lab.pod, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until(lambda: run(*inside(self.lab.pod, 'ss', '-ltnH', 'sport = :8083')).stdout, what='nghttpx')
        self.lab.ctl('--mode', 'steal', '--filter-text', 'header "x-me" is "1"', '--answer', '299', port='8083',
                     keep=False).ready()
        got = run(*inside(self.lab.caller, 'curl', '-s', '-m', '20', '--http2', '-w', '%{http_version} %{http_code} ',
                          'http://%s:8083/x' % POD4, '-o', '/dev/null', '-o', '/dev/null', 'http://%s:8083/x' % POD4))
        self.assertEqual(got.stdout, '2 200 2 200 ')

    def test_p2_continuation_flood(self):
        self.steal()
        self.assertEqual(self.scene('continuation_flood'), 'goaway 11')
        self.assertEqual(self.heard(), 0)
        self.served()

    def test_p3_rapid_reset(self):
        self.steal()
        self.assertRegex(self.scene('rapid_reset'), 'goaway')
        self.assertLess(self.heard(), 1100)
        self.served()

    def test_p4_header_bomb(self):
        from lab import memory
        agent = self.steal().worker()
        before = memory(agent)
        bomb, other = self.scene('header_bomb')
        self.assertRegex(bomb['end'], 'reset')
        self.assertEqual(other, {'status': 200, 'bytes': 1, 'end': 'end'})
        self.assertEqual(self.heard(), 1)
        self.assertLess(memory(agent) - before, 4 << 20)

    def test_p5_floods_of_frames_that_carry_nothing(self):
        self.steal()
        for kind in ('data', 'priority', 'settings', 'ping'):
            with self.subTest(kind):
                self.assertEqual(self.scene('flood of ' + kind), 'goaway 11')
        self.served()

    def test_p5_a_few_are_no_flood(self):
        self.steal()
        self.assertEqual(self.scene('few_empty_frames')['status'], 200)

    def test_p6_a_window_that_stays_closed(self):
        from lab import memory
        agent = self.steal().worker()
        self.served()
        before = memory(agent)
        asked = self.begin('closed_window')
        self.assertEqual(asked.stdout.readline(), 'asked\n')
        self.served()
        # 60 streams of a window each, and what is in the sessions; unbounded it would be 180 MB.
        self.assertLess(memory(agent) - before, 24 << 20)
        last, total = self.end(asked)
        self.assertEqual(last, {'status': 200, 'bytes': BIG, 'end': 'end'})
        self.assertEqual(total, BIG, 'nothing came of the others')

    def test_p13_the_service_goes_away(self):
        from lab import inside, run, until
        self.lab.start('python3', '-B', '-c', GOING, where=self.lab.pod)
        until(lambda: run(*inside(self.lab.pod, 'ss', '-ltnH', 'sport = :8084')).stdout, what='the service')
        direct = self.scene('service_goes_away')
        self.assertEqual(direct, [{'status': 200, 'bytes': 0, 'end': 'end'}, 'goaway 11'])
        self.lab.ctl('--mode', 'steal', '--filter-text', 'header "x-me" is "1"', '--answer', '299', port='8084',
                     keep=False).ready()
        self.assertEqual(self.scene('service_goes_away'), direct)

    def test_p13_the_client_dies_in_mid_stream(self):
        from lab import free_port, until
        port = free_port()
        self.nghttpd('mine', port)
        ctl = self.steal('--to', '127.0.0.1:%d' % port)
        agent = ctl.agent()
        half = self.begin('client_dies')
        self.assertEqual(half.stdout.readline(), 'half\n')
        ctl.stop(9)
        stolen, passed = self.end(half)
        self.assertEqual(stolen['end'], 'reset 2')
        self.assertLess(stolen['bytes'], BIG)
        self.assertEqual(passed, {'status': 200, 'bytes': BIG, 'end': 'end'})
        until(lambda: not os.path.exists('/proc/%d' % agent), what='the agent to end with its last connection')


if __name__ == '__main__':
    if sys.argv[1:2] == ['--scene']:
        print(json.dumps(SCENES[sys.argv[2]](sys.argv[3])))
    else:
        import lab as proof
        proof.main()
