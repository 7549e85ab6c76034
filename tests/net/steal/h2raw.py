# SPDX-License-Identifier: Apache-2.0
"""HTTP/2 by hand, for peers that answer early or break rules: frames (RFC 9113 4.1) and header blocks of
literals that are never indexed (RFC 7541 6.2.2). Of received blocks only the static :status is read."""
import re
import struct

PREFACE = b'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'
DATA, HEADERS, PRIORITY, RST, SETTINGS, PUSH, PING, GOAWAY, WINDOW, CONTINUATION = range(10)
END_STREAM, ACK, END_HEADERS, PADDED, PRIO = 1, 1, 4, 8, 32
STATUS = {0x88: 200, 0x89: 204, 0x8a: 206, 0x8b: 304, 0x8c: 400, 0x8d: 404, 0x8e: 500}


def frame(kind, flags, stream, payload=b''):
    return struct.pack('>I', len(payload))[1:] + bytes((kind, flags)) + struct.pack('>I', stream) + payload


def text(value):
    assert len(value) < 127
    return bytes((len(value),)) + value


def block(*fields):
    return b''.join(b'\x00' + text(name) + text(value) for name, value in fields)


def request(method=b'GET', path=b'/x', *more):
    return block((b':method', method), (b':scheme', b'http'), (b':path', path), (b':authority', b'a'), *more)


# Letters whose Huffman code (RFC 7541 B) is no shorter than they are, so that every encoder leaves them as
# they are and a peer without a decoder can read them.
PLAIN = b'XZ*;'


def plain(number):
    return bytes(PLAIN[(number >> shift) & 3] for shift in range(62, -2, -2))


def unplain(payload):
    letters = re.search(rb'[XZ*;]{32}', payload).group()
    return sum(PLAIN.index(letter) << shift for letter, shift in zip(letters, range(62, -2, -2)))


def status(payload):
    """Of a response's block; 0 if it is no static entry."""
    return next((STATUS[byte] for byte in payload[:3] if byte in STATUS), 0)


def number(payload):
    return struct.unpack('>I', payload[:4])[0] & 0x7fffffff


async def read(reader):
    """One frame: kind, flags, stream, payload. Raises IncompleteReadError at the end."""
    head = await reader.readexactly(9)
    payload = await reader.readexactly(int.from_bytes(head[:3], 'big'))
    return head[3], head[4], number(head[5:]), payload
