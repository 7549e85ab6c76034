# SPDX-License-Identifier: Apache-2.0
"""Callers for the proofs, run inside the caller's namespace.

  load.py short ADDRESS COUNT FIRST   COUNT requests, each on a connection of its own; one JSON line
                                      each: what was asked and what came
  load.py steady ADDRESS              one caller until told to stop on stdin (end of file); fresh
                                      connection for each request; lines "BEGIN END STATUS" (seconds
                                      of the monotonic clock; status 0: no answer)
"""
import json
import select
import socket
import sys
import time

PLANS = [  # method, path, request body bytes, status, response body bytes
    ('GET', '/b0', 0, 200, 0), ('GET', '/b1', 0, 200, 1), ('GET', '/b100', 0, 200, 100),
    ('GET', '/b2000', 0, 200, 2000), ('GET', '/b20000', 0, 200, 20000), ('HEAD', '/b2000', 0, 200, 0),
    ('POST', '/post', 1, 201, 5), ('POST', '/post', 5000, 201, 5), ('PUT', '/post', 20000, 201, 5),
    ('GET', '/status/404', 0, 404, 9), ('GET', '/status/500', 0, 500, 7), ('GET', '/status/204', 0, 204, 0),
    ('GET', '/status/302', 0, 302, None), ('DELETE', '/b1', 0, 405, None), ('GET', '/absent', 0, 404, None),
    ('GET', '/b150000', 0, 200, 150000),
]


def exchange(address, method, target, body_bytes, headers=''):
    """Status and body length as the caller sees them; 0 when no answer came."""
    head = '%s %s HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n%s' % (method, target, headers)
    if body_bytes:
        head += 'Content-Length: %d\r\n' % body_bytes
    got = []
    try:
        family = socket.AF_INET6 if ':' in address else socket.AF_INET
        with socket.socket(family) as stream:
            stream.settimeout(20)
            stream.connect((address, 8080))
            stream.sendall(head.encode() + b'\r\n' + b'x' * body_bytes)
            while True:
                part = stream.recv(65536)
                if not part:
                    break
                got.append(part)
    except OSError:
        return 0, 0
    answer = b''.join(got)
    end = answer.find(b'\r\n\r\n')
    return (int(answer[9:12]), len(answer) - end - 4) if end > 0 else (0, 0)


def short(address, count, first):
    for number in range(first, first + count):
        method, path, sent, status, size = PLANS[number % len(PLANS)]
        got = exchange(address, method, '%s?n=%d' % (path, number), sent)
        print(json.dumps({'n': number, 'method': method, 'sent': sent, 'status': got[0], 'got': got[1],
                          'expected': status, 'size': size}))


def steady(address):
    number = 0
    while not select.select([sys.stdin], [], [], 0)[0]:
        number += 1
        begin = time.monotonic()
        status, _ = exchange(address, 'GET', '/b100?n=%d' % number, 0)
        print('%.6f %.6f %d' % (begin, time.monotonic(), status), flush=True)
        if not status:
            time.sleep(0.001)


if __name__ == '__main__':
    if sys.argv[1] == 'short':
        short(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
    else:
        steady(sys.argv[2])
