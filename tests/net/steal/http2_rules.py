# SPDX-License-Identifier: Apache-2.0
"""Callers that break the rules of HTTP/2 (RFC 9113) get through a stolen port what they get directly: the
same kind of end with the same code. nghttpd behind, raw frames in front."""
import asyncio
import os
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path += [os.path.join(HERE, '..', 'proof'), HERE]
from h2raw import (ACK, CONTINUATION, DATA, END_HEADERS, END_STREAM, GOAWAY, HEADERS, PADDED, PING,  # noqa: E402
                   PREFACE, PRIORITY, PRIO, PUSH, RST, SETTINGS, WINDOW, block, frame, number, plain, read,
                   request, status)

BOTH = END_STREAM | END_HEADERS


def get(stream=1, *more, flags=BOTH):
    return frame(HEADERS, flags, stream, request(b'GET', b'/x', *more))


def setting(which, value):
    return which.to_bytes(2, 'big') + value.to_bytes(4, 'big')


# Name, section of RFC 9113, what is sent behind preface and SETTINGS.
CASES = {
    'a request': ('8.1', get()),
    'two requests': ('8.1', get(1) + get(3)),
    'ping': ('6.7', frame(PING, 0, 0, b'12345678')),
    'ping of a wrong length': ('6.7', frame(PING, 0, 0, b'123')),
    'ping on a stream': ('6.7', frame(PING, 0, 1, b'12345678')),
    'data on an idle stream': ('5.1', frame(DATA, END_STREAM, 1, b'x')),
    'data on stream 0': ('6.1', frame(DATA, END_STREAM, 0, b'x')),
    'reset of an idle stream': ('6.4', frame(RST, 0, 1, b'\0\0\0\0')),
    'reset of a wrong length': ('6.4', get() + frame(RST, 0, 1, b'\0')),
    'window of an idle stream': ('5.1', frame(WINDOW, 0, 1, b'\0\0\0\1')),
    'window of 0 on the connection': ('6.9', frame(WINDOW, 0, 0, b'\0\0\0\0')),
    'window overflow': ('6.9.1', frame(WINDOW, 0, 0, b'\x7f\xff\xff\xff')),
    'continuation alone': ('6.10', frame(CONTINUATION, END_HEADERS, 1, request())),
    'headers cut by ping': ('6.10', frame(HEADERS, END_STREAM, 1, request()) + frame(PING, 0, 0, b'12345678')),
    'headers in two frames': ('6.10', frame(HEADERS, END_STREAM, 1, request()[:20])
                              + frame(CONTINUATION, END_HEADERS, 1, request()[20:])),
    'an even stream': ('5.1.1', get(2)),
    'a smaller stream': ('5.1.1', get(5) + get(3)),
    'headers behind the end': ('5.1', get(1) + get(1)),
    'padding too long': ('6.1', frame(HEADERS, END_HEADERS, 1, request(b'POST')) + frame(DATA, PADDED, 1, b'\xffab')),
    'padded headers': ('6.2', frame(HEADERS, BOTH | PADDED, 1, b'\x04' + request() + bytes(4))),
    'priority on itself': ('5.3.1', frame(HEADERS, BOTH | PRIO, 1, b'\0\0\0\1\x10' + request())),
    'priority of a wrong length': ('6.3', frame(PRIORITY, 0, 1, b'\0')),
    'push from a client': ('8.4', frame(PUSH, END_HEADERS, 1, b'\0\0\0\2' + request())),
    'settings of a wrong length': ('6.5', frame(SETTINGS, 0, 0, b'\0\0\0')),
    'settings ack with content': ('6.5', frame(SETTINGS, ACK, 0, setting(1, 1))),
    'settings on a stream': ('6.5', frame(SETTINGS, 0, 1, b'')),
    'settings: push 2': ('6.5.2', frame(SETTINGS, 0, 0, setting(2, 2))),
    'settings: window too large': ('6.5.2', frame(SETTINGS, 0, 0, setting(4, 1 << 31))),
    'settings: frame size too small': ('6.5.2', frame(SETTINGS, 0, 0, setting(5, 1))),
    'settings: unknown': ('6.5.2', frame(SETTINGS, 0, 0, setting(255, 1)) + get()),
    'a frame too large': ('4.2', frame(DATA, 0, 1, bytes(16385))),
    'an unknown frame': ('4.1', frame(99, 0, 1, b'abc') + get()),
    'a header block that is none': ('4.3', frame(HEADERS, BOTH, 1, b'\xff\xff\xff\xff\xff\xff\xff\xff')),
    'upper-case header': ('8.2.1', get(1, (b'X-Upper', b'1'))),
    'connection header': ('8.2.2', get(1, (b'connection', b'close'))),
    'te: gzip': ('8.2.2', get(1, (b'te', b'gzip'))),
    'unknown pseudo header': ('8.3', frame(HEADERS, BOTH, 1, block((b':bad', b'x')) + request())),
    'pseudo header behind others': ('8.3', frame(HEADERS, BOTH, 1, block((b'a', b'b')) + request())),
    'response pseudo header': ('8.3', frame(HEADERS, BOTH, 1, block((b':status', b'200')) + request())),
    'no path': ('8.3.1', frame(HEADERS, BOTH, 1, block((b':method', b'GET'), (b':scheme', b'http')))),
    'two methods': ('8.3.1', frame(HEADERS, BOTH, 1, block((b':method', b'GET')) + request())),
    'length that is not met': ('8.1.1', frame(HEADERS, END_HEADERS, 1, request(b'POST', b'/x', (b'content-length', b'9')))
                               + frame(DATA, END_STREAM, 1, b'abc')),
    'trailers without an end': ('8.1', frame(HEADERS, END_HEADERS, 1, request(b'POST'))
                                + frame(HEADERS, END_HEADERS, 1, block((b't', b'1')))),
    'headers on stream 0': ('6.2', frame(HEADERS, BOTH, 0, request())),
    'priority on stream 0': ('6.3', frame(PRIORITY, 0, 0, b'\0\0\0\1\x10')),
    'reset of stream 0': ('6.4', frame(RST, 0, 0, bytes(4))),
    'window of a wrong length': ('6.9', frame(WINDOW, 0, 0, b'\0\0\1')),
    'window of 0 on a stream': ('6.9', frame(HEADERS, END_HEADERS, 1, request(b'POST'))
                                + frame(WINDOW, 0, 1, bytes(4))),
    'window overflow of a stream': ('6.9.1', frame(HEADERS, END_HEADERS, 1, request(b'POST'))
                                    + frame(WINDOW, 0, 1, b'\x7f\xff\xff\xff')),
    'continuation on stream 0': ('6.10', frame(HEADERS, END_STREAM, 1, request()[:20])
                                 + frame(CONTINUATION, END_HEADERS, 0, request()[20:])),
    'continuation of another stream': ('6.10', frame(HEADERS, END_STREAM, 1, request()[:20])
                                       + frame(CONTINUATION, END_HEADERS, 3, request()[20:])),
    'headers cut by data': ('6.10', frame(HEADERS, 0, 1, request()[:20]) + frame(DATA, END_STREAM, 1, b'x')),
    'goaway too short': ('6.8', frame(GOAWAY, 0, 0, bytes(4))),
    'push on stream 0': ('6.6', frame(PUSH, END_HEADERS, 0, b'\0\0\0\2' + request())),
    'settings: no table': ('6.5.2', frame(SETTINGS, 0, 0, setting(1, 0)) + get()),
    'settings: frame size too large': ('6.5.2', frame(SETTINGS, 0, 0, setting(5, 1 << 24))),
    'an index of 0': ('RFC 7541 6.1', frame(HEADERS, BOTH, 1, b'\x80')),
    'an index beyond the table': ('RFC 7541 2.3.3', frame(HEADERS, BOTH, 1, b'\xff\x20')),
    'a table size beyond ours': ('RFC 7541 6.3', frame(HEADERS, BOTH, 1, b'\x3f\xe1\xff\x7f' + request())),
    'a table size behind a field': ('RFC 7541 4.2', frame(HEADERS, BOTH, 1, request() + b'\x20')),
    'a string with a wrong padding': ('RFC 7541 5.2', frame(HEADERS, BOTH, 1, request() + b'\0\x01x\x81\x00')),
    'a value with CR and LF': ('8.2.1', get(1, (b'x', b'a\r\nb: c'))),
    'a value with NUL': ('8.2.1', get(1, (b'x', b'a\0b'))),
    'a name with a blank': ('8.2.1', get(1, (b'x y', b'1'))),
    'a name with a colon': ('8.2.1', get(1, (b'x:y', b'1'))),
    'transfer-encoding': ('8.2.2', get(1, (b'transfer-encoding', b'chunked'))),
    'host beside authority': ('8.3.1', get(1, (b'host', b'other'))),
    'path with a blank': ('8.3.1', frame(HEADERS, BOTH, 1, request(b'GET', b'/x y'))),
    'an empty path': ('8.3.1', frame(HEADERS, BOTH, 1, request(b'GET', b''))),
    'no scheme': ('8.3.1', frame(HEADERS, BOTH, 1, block((b':method', b'GET'), (b':path', b'/x')))),
    'two paths': ('8.3.1', frame(HEADERS, BOTH, 1, block((b':path', b'/x')) + request())),
    'a length and no body': ('8.1.1', get(1, (b'content-length', b'5'))),
    'two lengths': ('8.1.1', get(1, (b'content-length', b'0'), (b'content-length', b'1'))),
    'pseudo header in trailers': ('8.1', frame(HEADERS, END_HEADERS, 1, request(b'POST'))
                                  + frame(HEADERS, BOTH, 1, block((b':path', b'/y')))),
    'goaway': ('6.8', frame(GOAWAY, 0, 0, bytes(8))),
    'goaway on a stream': ('6.8', frame(GOAWAY, 0, 1, bytes(8))),
}


async def outcome(where, port, sent):
    """What a caller sees until a PING behind it is answered, or the connection ends."""
    reader, writer = await asyncio.open_connection(where, port)
    writer.write(PREFACE + frame(SETTINGS, 0, 0) + sent + frame(PING, 0, 0, b'the last'))
    seen = {}
    try:
        while True:
            kind, flags, stream, payload = await asyncio.wait_for(read(reader), 5)
            if kind == SETTINGS and not flags & ACK:
                writer.write(frame(SETTINGS, ACK, 0))
            elif kind == HEADERS:
                seen[stream] = 'status %d' % status(payload)
            elif kind == RST:
                seen[stream] = 'reset %d' % number(payload)
            elif kind == GOAWAY:
                return dict(seen, end='goaway %d' % number(payload[4:]))
            elif kind == PING and flags & ACK and payload == b'the last':
                # A stream that was passed on may be answered later than the ping.
                open_ = {int.from_bytes(sent[at + 5:at + 9], 'big') for at in starts(sent)} - {0} - set(seen)
                if not open_ or seen.get('end'):
                    return dict(seen, end='ping')
                seen['end'] = 'ping'
            if seen.get('end') and set(seen) >= {1}:
                return seen
    except (asyncio.IncompleteReadError, ConnectionError):
        return dict(seen, end='closed')
    except asyncio.TimeoutError:
        return dict(seen, end='silence')
    finally:
        writer.close()


def starts(sent):
    at = 0
    while at + 9 <= len(sent):
        if sent[at + 3] == HEADERS:
            yield at
        at += 9 + int.from_bytes(sent[at:at + 3], 'big')


def same(one, other):
    """A close with unread bytes is a reset, which may overtake the GOAWAY before it."""
    ends = one['end'], other['end']
    if 'closed' in ends and ends[0] != ends[1]:
        return any(end.startswith('goaway') for end in ends)
    return one == other


async def all_of(where, port):
    names = list(CASES)
    got = await asyncio.gather(*(outcome(where, port, CASES[name][1]) for name in names))
    return dict(zip(names, got))


class Http2Rules(unittest.TestCase):
    def test_as_directly(self):
        import json
        import subprocess
        from lab import POD4, Lab, inside, run, until
        with Lab(nginx=False) as lab:
            os.makedirs(os.path.join(lab.folder, 'www'))
            with open(os.path.join(lab.folder, 'www', 'x'), 'w') as file:
                file.write('x')
            lab.start('nghttpd', '--no-tls', '-d', os.path.join(lab.folder, 'www'), '8080', where=lab.pod,
                      stdout=subprocess.DEVNULL)
            until(lambda: run(*inside(lab.pod, 'ss', '-ltnH', 'sport = :8080')).stdout, what='nghttpd')

            def ask():
                said = run(*inside(lab.caller, 'python3', '-B', __file__, '--ask', POD4))
                self.assertEqual(said.returncode, 0, said.stderr)
                return json.loads(said.stdout)
            direct = ask()
            lab.ctl('--mode', 'steal', '--filter-text', 'header "x-me" is "1"', '--answer', '200').ready()
            through = ask()
        wrong = ['%s (RFC 9113 %s): directly %s, through us %s' % (name, CASES[name][0], direct[name], through[name])
                 for name in CASES if not same(direct[name], through[name])]
        print('%d cases, %d differ' % (len(CASES), len(wrong)))
        self.assertEqual(wrong, [], '\n'.join(wrong))


if __name__ == '__main__':
    if sys.argv[1:2] == ['--ask']:
        import json
        print(json.dumps(asyncio.run(all_of(sys.argv[2], 8080))))
    else:
        import lab as proof
        proof.main()
