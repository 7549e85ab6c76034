#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Passing requests on, in pairs with direct and beside HAProxy with the same filters, in one run.

    PODGLASSCTL=… PODGLASS_AGENT=… tests/bench/proxy/passing_on.py http1|http2|one [PAIRS] [SECONDS]
    … tests/bench/proxy/passing_on.py bulk [ROUNDS] [MEBIBYTES]
    … tests/bench/proxy/passing_on.py upload [COUNT] [MEBIBYTES]
    … tests/bench/proxy/passing_on.py soak [REQUESTS]       every body is looked at, none may differ
    … tests/bench/proxy/passing_on.py hold [CONNECTIONS]    held at once; what happens beyond the limit

CPU per request is the measure, requests a second the check: all share the machine's cores. Needs nginx,
nghttpd, haproxy, wrk, h2load; mitmproxy is measured if it is there."""
import asyncio
import hashlib
import os
import re
import shutil
import statistics
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'net', 'proof'))
from lab import POD4, Lab, cpu_seconds, inside, memory, run, until  # noqa: E402

FILTER = ('header "x-pg-user" matches /^alice$/ or header "user-agent" matches /firefox/ or '
          'header "cookie" matches /session=[0-9a-f]{8}deadbeef/')
HAPROXY = '''global
  nbthread 1
  maxconn 4000
defaults
  timeout connect 5s
  timeout client 600s
  timeout server 600s
frontend one
  bind :9002
  mode http
  acl u hdr_reg(x-pg-user) -i ^alice$
  acl a hdr_reg(user-agent) -i firefox
  acl c hdr_reg(cookie) -i session=[0-9a-f]{8}deadbeef
  use_backend stolen if u or a or c
  default_backend service
frontend two
  bind :9011 proto h2
  mode http
  acl u hdr_reg(x-pg-user) -i ^alice$
  acl a hdr_reg(user-agent) -i firefox
  acl c hdr_reg(cookie) -i session=[0-9a-f]{8}deadbeef
  use_backend stolen if u or a or c
  default_backend service2
backend service
  mode http
  server s 127.0.0.1:8080
backend service2
  mode http
  server s 127.0.0.1:8082 proto h2
backend stolen
  mode http
  http-request return status 299
'''
# Counting, not printing: what is printed would be podglassctl's work, on the same cores.
STEAL = ('--mode', 'steal', '--filter-text', FILTER, '--answer', '299', '--count')
NAT = 'table ip bench { chain p { type nat hook prerouting priority -100; iifname "eth0" tcp dport %d redirect to :%d; }; }'


class Bench(Lab):
    def __enter__(self):
        super().__enter__()
        os.makedirs(os.path.join(self.folder, 'www'), exist_ok=True)
        with open(os.path.join(self.folder, 'www', 'small.txt'), 'wb') as file:
            file.write(b's' * 128)
        self.start('nghttpd', '--no-tls', '-d', os.path.join(self.folder, 'www'), '8082', where=self.pod,
                   stdout=subprocess.DEVNULL)
        until(lambda: run(*inside(self.pod, 'ss', '-ltnH', 'sport = :8082')).stdout, what='nghttpd')
        return self

    def haproxy(self):
        config = os.path.join(self.folder, 'haproxy.cfg')
        with open(config, 'w') as file:
            file.write(HAPROXY)
        process = self.start('haproxy', '-db', '-f', config, where=self.pod, stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL)
        until(lambda: run(*inside(self.pod, 'ss', '-ltnH', 'sport = :9011')).stdout, what='haproxy')
        return process

    def nghttpx(self):
        process = self.start('nghttpx', '-f0.0.0.0,9010;no-tls', '-b127.0.0.1,8082;;proto=h2', '-n1', '--no-ocsp',
                             '--accesslog-file=/dev/null', '--conf=/dev/null', '--errorlog-file=/dev/null',
                             '--single-process', where=self.pod, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until(lambda: run(*inside(self.pod, 'ss', '-ltnH', 'sport = :9010')).stdout, what='nghttpx')
        return process

    def mitmproxy(self):
        process = self.start('mitmdump', '-q', '--mode', 'reverse:http://127.0.0.1:8080', '-p', '9013',
                             '--set', 'confdir=' + os.path.join(self.folder, 'mitm'), where=self.pod,
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until(lambda: run(*inside(self.pod, 'ss', '-ltnH', 'sport = :9013')).stdout, what='mitmdump')
        return process

    def load(self, kind, port, seconds):
        url = 'http://%s:%d/small.txt' % (POD4, port)
        if kind == 'http2':
            text = run(*inside(self.caller, 'h2load', '-c16', '-m8', '-t1', '-D', str(seconds), url)).stdout
            return {'rate': float(re.search(r'finished in .*?, ([\d.]+) req/s', text).group(1)),
                    'count': int(re.search(r'(\d+) succeeded', text).group(1)),
                    'failed': int(re.search(r'(\d+) failed', text).group(1)), 'p50': 0, 'p99': 0}
        text = run(*inside(self.caller, 'wrk', '-t1', '-c%d' % (1 if kind == 'one' else 64), '-d%ds' % seconds,
                           '--latency', url)).stdout
        unit = {'us': 1e-3, 'ms': 1, 's': 1e3}

        def percentile(which):
            number, name = re.search(which + r'%\s+([\d.]+)(us|ms|s)', text).groups()
            return float(number) * unit[name]
        bad = re.search(r'Non-2xx.*: (\d+)', text)
        return {'rate': float(re.search(r'Requests/sec:\s+([\d.]+)', text).group(1)),
                'count': int(re.search(r'(\d+) requests in', text).group(1)),
                'failed': int(bad.group(1)) if bad else 0, 'p50': percentile('50'), 'p99': percentile('99')}


def nice_of(pid):
    return os.getpriority(os.PRIO_PROCESS, pid)


def compare(kind, pairs, seconds):
    """`+nat`: behind a redirect, as the agent is; `+nice`: with the agent's own low priority (S24) as well."""
    with Bench() as lab:
        port, proxied = (8082, 9011) if kind == 'http2' else (8080, 9002)
        results = {name: [] for name in ('podglass', 'haproxy', 'haproxy+nat', 'haproxy+nat+nice')}
        if kind == 'http1' and shutil.which('mitmdump'):
            results['mitmproxy'] = []
        if kind == 'http2':
            results = {name: [] for name in ('podglass', 'nghttpx', 'nghttpx+nat', 'nghttpx+nat+nice', 'haproxy')}
        nice = 0
        for _ in range(pairs):
            for peer, rows in results.items():
                direct = lab.load(kind, port, seconds)
                program, *ways = peer.split('+')
                if program == 'podglass':
                    process = lab.ctl(*STEAL, port=str(port), keep=False).ready()
                    pid, to = process.worker(), port
                    nice = nice_of(pid)
                else:
                    begin, to = {'nghttpx': (lab.nghttpx, 9010), 'mitmproxy': (lab.mitmproxy, 9013),
                                 'haproxy': (lab.haproxy, proxied)}[program]
                    process = begin()
                    pid = process.child.pid
                if 'nat' in ways:
                    run(*inside(lab.pod, 'nft', NAT % (port, to)), check=True)
                    to = port
                if 'nice' in ways:
                    os.setpriority(os.PRIO_PROCESS, pid, nice)
                before = cpu_seconds(pid)
                got = lab.load(kind, to, seconds)
                spent = cpu_seconds(pid) - before
                if 'nat' in ways:
                    run(*inside(lab.pod, 'nft', 'delete table ip bench'), check=True)
                rows.append({'ratio': got['rate'] / direct['rate'], 'cpu': 1e6 * spent / max(1, got['count']),
                             'direct50': direct['p50'], 'rss': memory(pid, 'VmHWM') / 1e6, **got})
                process.stop()
        print('%s, %d rounds of %d s, each right after %d s without anything between' % (kind, pairs, seconds, seconds))
        for peer, rows in results.items():
            def median(key):
                return statistics.median(row[key] for row in rows)
            print('%-16s %8.0f req/s, %.2f of direct, CPU %.1f us/req, p50 %.2f ms (direct %.2f), p99 %.2f ms, '
                  'peak RSS %.1f MB, %d failed' % (peer, median('rate'), median('ratio'), median('cpu'), median('p50'),
                                                   median('direct50'), median('p99'), median('rss'),
                                                   sum(row['failed'] for row in rows)))
        for peer in list(results)[1:]:
            for key, what in (('cpu', 'CPU a request'), ('rate', 'requests a second'), ('p99', 'p99'),
                              ('p50', 'p50')):
                ratios = [ours[key] / theirs[key] for ours, theirs in zip(results['podglass'], results[peer])
                          if theirs[key]]
                if ratios:
                    print('podglass / %s, %s: %.2f [%.2f..%.2f]'
                          % (peer, what, statistics.median(ratios), min(ratios), max(ratios)))


SINK = '''
import asyncio, hashlib
async def serve(reader, writer):
    head = await reader.readuntil(b"\\r\\n\\r\\n")
    left = int(head.lower().split(b"content-length:")[1].split(b"\\r\\n")[0])
    digest = hashlib.sha256()
    while left:
        part = await reader.read(min(left, 1 << 20)); digest.update(part); left -= len(part)
        if not part: break
    body = digest.hexdigest().encode()
    writer.write(b"HTTP/1.1 200 OK\\r\\nContent-Length: %d\\r\\n\\r\\n" % len(body) + body)
    await writer.drain(); writer.close()
async def main():
    async with await asyncio.start_server(serve, "0.0.0.0", 8090, limit=1 << 20) as server: await server.serve_forever()
asyncio.run(main())
'''


def upload(count, megabytes):
    """`count` uploads at once through the agent: digests at both ends, memory of the agent."""
    with Lab(nginx=False) as lab:
        lab.start('python3', '-c', SINK, where=lab.pod)
        until(lambda: run(*inside(lab.pod, 'ss', '-ltnH', 'sport = :8090')).stdout, what='the sink')
        ctl = lab.ctl(*STEAL, port='8090', keep=False).ready()
        agent = ctl.worker()
        data = os.path.join(lab.folder, 'data')
        digest = hashlib.sha256()
        with open(data, 'wb') as file:
            for _ in range(megabytes):
                part = os.urandom(1 << 20)
                digest.update(part)
                file.write(part)
        # The rings are touched before, so that growth is the bodies'.
        run(*inside(lab.caller, 'curl', '-s', '-T', data, 'http://%s:8090/' % POD4))
        idle = peak = memory(agent)
        start, cpu = time.monotonic(), cpu_seconds(agent)
        callers = [subprocess.Popen(inside(lab.caller, 'curl', '-s', '-T', data, '-X', 'POST', '-H', 'Expect:',
                                           'http://%s:8090/' % POD4), stdout=subprocess.PIPE, text=True)
                   for _ in range(count)]
        while any(caller.poll() is None for caller in callers):
            peak = max(peak, memory(agent))
            time.sleep(0.02)
        took = time.monotonic() - start
        same = sum(caller.stdout.read() == digest.hexdigest() for caller in callers)
        total = count * megabytes / 1024
        print('%d uploads of %d MiB: %d of %d digests equal, %.0f MB/s, agent %.2f CPU-s/GB, anonymous %.1f -> %.1f MiB '
              '(+%.1f)' % (count, megabytes, same, count, total * 1073.7 / took,
                           (cpu_seconds(agent) - cpu) / total / 1.0737, idle / 2**20, peak / 2**20,
                           (peak - idle) / 2**20))
        return same == count


SWALLOW = '''
import socket
listener = socket.create_server(("0.0.0.0", 8080), backlog=64)
room = bytearray(1 << 20)
while True:
    s = listener.accept()[0]
    head = part = s.recv(1)
    while part and b"\\r\\n\\r\\n" not in head:
        part = s.recv(1)
        head += part
    if not part: continue  # a start-up test of the agent's
    left = int(head.lower().split(b"content-length:")[1].split(b"\\r\\n")[0])
    while left:
        got = s.recv_into(room, min(left, len(room)))
        if not got: break
        left -= got
    s.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: 0\\r\\nConnection: close\\r\\n\\r\\n"); s.close()
'''
POUR = '''
import socket, sys, time
address, port, megabytes = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
part, start = bytes(1 << 20), time.monotonic()
s = socket.create_connection((address, port))
s.sendall(b"POST / HTTP/1.1\\r\\nHost: x\\r\\nContent-Length: %d\\r\\n\\r\\n" % (megabytes << 20))
for _ in range(megabytes): s.sendall(part)
assert b" 200 " in s.recv(4096)
print(time.monotonic() - start)
'''


def bulk(rounds, megabytes):
    """One upload of zeros, nobody looks at the bytes: MB/s, CPU and memory beside HAProxy."""
    with Bench(nginx=False) as lab:
        lab.start('python3', '-c', SWALLOW, where=lab.pod)
        until(lambda: run(*inside(lab.pod, 'ss', '-ltnH', 'sport = :8080')).stdout, what='the sink')
        results = {'direct': [], 'haproxy': [], 'podglass': []}
        for _ in range(rounds):
            for peer, rows in results.items():
                process = None
                if peer == 'haproxy':
                    process = lab.haproxy()
                    pid = process.child.pid
                elif peer == 'podglass':
                    process = lab.ctl(*STEAL, keep=False).ready()
                    pid = process.worker()

                def pour(size):
                    return float(run(*inside(lab.caller, 'python3', '-c', POUR, POD4,
                                             '9002' if peer == 'haproxy' else '8080', str(size))).stdout)
                if process is None:
                    rows.append((megabytes * 1.048576 / pour(megabytes), 0, 0))
                    continue
                pour(64)  # what it always needs is touched
                before, idle = cpu_seconds(pid), memory(pid)
                took = pour(megabytes)
                rows.append((megabytes * 1.048576 / took, (cpu_seconds(pid) - before) / (megabytes * 1.048576e-3),
                             (memory(pid) - idle) / 2**20))
                process.stop()
        for peer, rows in results.items():
            rate, cpu, more = (statistics.median(column) for column in zip(*rows))
            print('bulk %d MiB, %d rounds: %-9s %6.0f MB/s, CPU %.2f s/GB, anonymous memory +%.1f MiB'
                  % (megabytes, rounds, peer, rate, cpu, more))


CALLER = '''
import asyncio, sys
want, workers = int(sys.argv[1]), 64
bad = done = 0
async def one(reader, writer, number):
    global bad, done
    name = b"%016x" % number
    body = name * (1 + number % 40)
    writer.write(b"POST /echo HTTP/1.1\\r\\nHost: x\\r\\nX-Number: " + name + b"\\r\\nContent-Length: %d\\r\\n\\r\\n" % len(body) + body)
    head = await reader.readuntil(b"\\r\\n\\r\\n")
    got = await reader.readexactly(int(head.lower().split(b"content-length: ")[1].split(b"\\r\\n")[0]))
    bad += got != body or b" 200 " not in head[:16]
    done += 1
async def worker(first):
    reader, writer = await asyncio.open_connection(sys.argv[2], 8090)
    for number in range(first, want, workers): await one(reader, writer, number)
    writer.close()
async def main():
    failed = 0
    for result in await asyncio.gather(*map(worker, range(workers)), return_exceptions=True):
        if result is not None: failed += 1; print(repr(result))
    print("done %d altered %d broken connections %d" % (done, bad, failed))
asyncio.run(main())
'''
ECHO = '''
import asyncio
async def serve(reader, writer):
    try:
        while True:
            head = await reader.readuntil(b"\\r\\n\\r\\n")
            body = await reader.readexactly(int(head.lower().split(b"content-length: ")[1].split(b"\\r\\n")[0]))
            writer.write(b"HTTP/1.1 200 OK\\r\\nContent-Length: %d\\r\\n\\r\\n" % len(body) + body)
    except asyncio.IncompleteReadError: writer.close()
async def main():
    async with await asyncio.start_server(serve, "0.0.0.0", 8090) as server: await server.serve_forever()
asyncio.run(main())
'''


def soak(count):
    """Each body carries its request's number in each 16 bytes and comes back; none may differ."""
    with Lab(nginx=False) as lab:
        lab.start('python3', '-c', ECHO, where=lab.pod)
        until(lambda: run(*inside(lab.pod, 'ss', '-ltnH', 'sport = :8090')).stdout, what='the echo')
        ctl = lab.ctl(*STEAL, port='8090', keep=False).ready()
        agent, start = ctl.worker(), time.monotonic()
        said = run(*inside(lab.caller, 'python3', '-c', CALLER, str(count), POD4)).stdout.strip()
        print('%s of %d in %.0f s; agent anonymous %.1f MiB' %
              (said, count, time.monotonic() - start, memory(agent) / 2**20))
        return said == 'done %d altered 0 broken connections 0' % count


HOLDER = '''
import resource, socket, sys
resource.setrlimit(resource.RLIMIT_NOFILE, (20000, 20000))
def answered(s):
    s.sendall(b"GET /small.txt HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n")
    got = b""
    while not got.endswith(b"s" * 128):
        part = s.recv(4096)
        if not part: return False
        got += part
    return True
held = []
for _ in range(int(sys.argv[1])):
    held.append(socket.create_connection((sys.argv[2], 8080), 10))
    held[-1].settimeout(10)
print("held and answered", sum(map(answered, held)), "of", len(held), flush=True)
sys.stdin.read()
print("still answering", sum(map(answered, held)))
'''


def hold(count):
    with Bench() as lab:
        ctl = lab.ctl(*STEAL, keep=False).ready()
        agent = ctl.worker()
        before = memory(agent)
        holder = subprocess.Popen(inside(lab.caller, 'python3', '-c', HOLDER, str(count), POD4), text=True,
                                  stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        print(holder.stdout.readline().strip())
        print('agent anonymous +%.1f MiB = %.2f KiB a connection; descriptors %d' %
              ((memory(agent) - before) / 2**20, (memory(agent) - before) / 1024 / count,
               len(os.listdir('/proc/%d/fd' % agent))))
        print('redirect still there:', 'redirect' in lab.rules(), '; a new caller gets',
              lab.get('/small.txt', '-o', '/dev/null', '-w', '%{http_code}').stdout)
        print('state says:', ctl.states[-1]['mode'], ctl.states[-1]['message'])
        print(holder.communicate('\n')[0].strip())


def main():
    what, numbers = sys.argv[1], [int(word) for word in sys.argv[2:]]
    os.environ['PATH'] += ':/usr/sbin:/sbin'
    if what in ('http1', 'http2', 'one'):
        compare(what, *(numbers + [3, 5][len(numbers):]))
    elif what == 'upload':
        sys.exit(not upload(*(numbers + [8, 1024][len(numbers):])))
    elif what == 'bulk':
        bulk(*(numbers + [3, 1024][len(numbers):]))
    elif what == 'soak':
        sys.exit(not soak(*(numbers or [1_000_000])))
    elif what == 'hold':
        hold(*(numbers or [4000]))
    else:
        sys.exit(__doc__)


if __name__ == '__main__':
    main()
