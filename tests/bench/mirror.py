#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What mirroring costs the service, and what it costs beside other tools: pairs of runs, without and with the
peer, one after the other, so that a machine that others use as well gives ratios that hold.

  mirror.py LOAD REPEATS SECONDS PEER...

LOAD   http   wrk, 64 connections, 128 byte answers of nginx
       paced5 iperf3 at 5 Gbit/s, super-packets            paced2 iperf3 at 2 Gbit/s, MTU-sized packets
       even   iperf3 at 200 MB/s, super-packets            bulk   iperf3, one stream, as fast as it goes
       flood  one stream of our own, as fast as it goes: no control connection, so that every byte on the port counts
PEER   null (the noise) | tcpdump | tshark | libnids | podglass | podglass4 (four clients) |
       stalled4, stalled10 (so many clients, all but one of them stopped, but for 50 ms in each 4 s to say that
       they live, and let read to their end afterwards) |
       relay (http only: what HAProxy in the path leaves, where Podglass listens beside it)

Needs root, nginx, wrk, iperf3, ethtool; PODGLASSCTL and PODGLASS_AGENT name the programs, NIDS_READER that of peers/.
RIG begins the names of the namespaces. The kernel's default for TCP may pace: both use cubic.
"""
import json
import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time

CTL, AGENT = os.environ.get('PODGLASSCTL', ''), os.environ.get('PODGLASS_AGENT', '')
TAG = '%s-%d' % (os.environ.get('RIG', 'capture'), os.getpid())
POD, CALLER, FOLDER = TAG + '-pod', TAG + '-cli', tempfile.mkdtemp(prefix='pg-mirror-')
ADDRESS = '10.88.9.2'


def inside(where, *command):
    return ['ip', 'netns', 'exec', where, *command]


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, check=False)


def start(where, *command, out=None, err=None, **more):
    return subprocess.Popen(inside(where, *command) if where else command, stdin=subprocess.DEVNULL,
                            stdout=open(out, 'wb') if out else subprocess.DEVNULL,
                            stderr=open(err, 'wb') if err else subprocess.DEVNULL, **more)


def status(pid, key):
    with open('/proc/%d/status' % pid) as file:
        return int(re.search(key + r':\s+(\d+)', file.read()).group(1)) / 1024


def family(pid):
    """The process and its descendants."""
    found = [pid]
    for parent in found:
        try:
            for task in os.listdir('/proc/%d/task' % parent):
                with open('/proc/%d/task/%s/children' % (parent, task)) as file:
                    found += [int(word) for word in file.read().split()]
        except OSError:
            pass
    return found


def cpu(pids):
    total = 0
    for pid in pids:
        try:
            with open('/proc/%d/stat' % pid) as file:
                fields = file.read().rsplit(')', 1)[1].split()
            total += int(fields[11]) + int(fields[12])
        except OSError:
            pass
    return total / os.sysconf('SC_CLK_TCK')


def rig(load):
    for name in (POD, CALLER):
        subprocess.run(['ip', 'netns', 'add', name], check=True)
        subprocess.run(['ip', '-n', name, 'link', 'set', 'lo', 'up'], check=True)
    subprocess.run(['ip', '-n', POD, 'link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', 'eth0', 'netns', CALLER],
                   check=True)
    for name, address in ((POD, ADDRESS), (CALLER, '10.88.9.1')):
        run('ip', '-n', name, 'address', 'add', address + '/24', 'dev', 'eth0')
        run('ip', '-n', name, 'link', 'set', 'eth0', 'up')
        run(*inside(name, 'sysctl', '-qw', 'net.ipv4.tcp_congestion_control=cubic'))
    if load == 'paced2':
        cut_packets()


def down(service):
    """Everything that rig() and nginx() made."""
    if service:
        service.terminate()
        service.wait(10)
    for name in (POD, CALLER):
        run('ip', 'netns', 'delete', name)
    run('rm', '-rf', FOLDER)


def cut_packets():
    """No super-packets from here on, as behind an adapter that merges none."""
    for name in (POD, CALLER):
        subprocess.run(inside(name, 'ethtool', '-K', 'eth0', 'tso', 'off', 'gso', 'off', 'gro', 'off'), check=True)


def nginx(requests=1000000000):
    """`requests`: of one connection, before nginx closes it."""
    os.makedirs(FOLDER + '/www', exist_ok=True)
    os.chmod(FOLDER, 0o755)
    with open(FOLDER + '/www/small', 'w') as file:
        file.write('x' * 128)
    with open(FOLDER + '/conf', 'w') as file:
        file.write('worker_processes 1; daemon off; pid %s/pid; error_log %s/err; events { worker_connections 16384; }\n'
                   'http { access_log off; keepalive_requests %d; server { listen 8080; root %s/www; } }\n'
                   % (FOLDER, FOLDER, requests, FOLDER))
    process = start(POD, 'nginx', '-p', FOLDER, '-c', FOLDER + '/conf')
    time.sleep(0.5)
    return process


def measure(load, seconds, port=8080):
    """Rate, how many requests or bytes there were, and milliseconds of the 99th of 100 requests."""
    if load == 'http':
        text = run(*inside(CALLER, 'wrk', '-t1', '-c64', '-d%ds' % seconds, '--latency',
                           'http://%s:%d/small' % (ADDRESS, port))).stdout
        slow, unit = re.search(r'99%\s+([\d.]+)(us|ms|s)\b', text).groups()
        return (float(re.search(r'Requests/sec:\s+([\d.]+)', text).group(1)),
                int(re.search(r'(\d+) requests in', text).group(1)),
                float(slow) * {'us': 1e-3, 'ms': 1, 's': 1e3}[unit])
    if load == 'flood':
        return flood(seconds)
    server = start(POD, 'iperf3', '-s', '-1', '-p', '5201')
    time.sleep(0.3)
    rate = {'paced5': ['-b', '5G'], 'paced2': ['-b', '2G'], 'even': ['-b', '1600M'], 'bulk': []}[load]
    text = run(*inside(CALLER, 'iperf3', '-J', '-c', ADDRESS, '-p', '5201', '-t', str(seconds), *rate)).stdout
    server.wait(10)
    got = json.loads(text)['end']['sum_received']  # what it does not read at the end, and its own words, come on top
    return got['bits_per_second'] / 1e9, got['bytes'], None


RECEIVER = '''
import socket, sys
listener = socket.create_server(('', 5201))
print('ready', flush=True)
peer, _ = listener.accept()
room, total = bytearray(1 << 20), 0
while got := peer.recv_into(room):
    total += got
print(total)
'''
SENDER = '''
import socket, sys, time
peer = socket.create_connection((sys.argv[1], 5201))
data, end = bytes(range(256)) * 4096, time.monotonic() + float(sys.argv[2])
while time.monotonic() < end:
    peer.sendall(data)
'''


def flood(seconds):
    receiver = subprocess.Popen(inside(POD, sys.executable, '-c', RECEIVER), stdout=subprocess.PIPE, text=True)
    receiver.stdout.readline()
    began = time.monotonic()
    subprocess.run(inside(CALLER, sys.executable, '-c', SENDER, ADDRESS, str(seconds)), check=True)
    total = int(receiver.communicate()[0])
    return total * 8 / (time.monotonic() - began) / 1e9, total, None


def lines_of(out, kind):
    with open(out) as file:
        return [json.loads(line) for line in file if '"kind":"%s"' % kind in line and line.endswith('\n')]


def ended(out, since):
    """Two samples in a row that were made later found nothing unread and nothing new."""
    last = [line for line in lines_of(out, 'telemetry') if line['at'] > since * 1e9][-2:]
    return len(last) == 2 and last[0]['events'] == last[1]['events'] and last[1]['lag']['events'] == 0


RELAY = '''global
  nbthread 1
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
frontend in
  bind :8081
  default_backend service
backend service
  http-reuse always
  server one 127.0.0.1:8080
'''


class Peer:
    def __init__(self, name, port):
        self.name, self.processes, self.sums, self.port = name, [], [], port
        self.stopped, self.released = [], threading.Event()
        self.words = FOLDER + '/words'
        rule = 'tcp port %d' % port
        if name == 'null':
            return
        if name == 'tcpdump':
            self.add(start(POD, 'tcpdump', '-i', 'eth0', '-Z', 'root', '-s0', '-B', '16384', '-w', '/dev/null', rule,
                           err=self.words))
        elif name == 'tshark':
            self.add(start(POD, 'tshark', '-q', '-i', 'eth0', '-f', rule, '-z', 'conv,tcp', err=self.words))
        elif name == 'libnids':
            self.add(start(POD, os.environ['NIDS_READER'], 'eth0', rule, out=self.words))
        elif name == 'relay':
            with open(FOLDER + '/relay', 'w') as file:
                file.write(RELAY)
            self.port = 8081
            self.add(start(POD, 'haproxy', '-db', '-f', FOLDER + '/relay'))
        else:
            for number in range(int(re.sub(r'\D', '', name) or 1)):
                out = '%s/sums-%d' % (FOLDER, number)
                self.sums.append(out)
                self.add(start(None, CTL, 'attach', self.address(number), '--agent', AGENT, '--port', str(port),
                               '--count', '--telemetry', '--quiet', *self.key(), out=out))
        time.sleep(1.5)
        if name.startswith('stalled'):
            self.stopped = self.processes[2:]  # the agent and the first client go on
            self.holder = threading.Thread(target=self.hold)
            self.holder.start()

    # Whoever is silent for 15 s is gone for the agent, so a stopped client gets its moments.
    def hold(self):
        while not self.released.is_set():
            for process in self.stopped:
                process.send_signal(signal.SIGSTOP)
            self.released.wait(4)
            for process in self.stopped:
                process.send_signal(signal.SIGCONT)
            self.released.wait(0.05)

    # Several clients need one agent that listens; one client has its own.
    def address(self, number):
        if self.name == 'podglass':
            return 'local/netns/' + POD
        if number == 0:
            own = tempfile.mkdtemp(dir=FOLDER)  # 0700: the agent asks for that
            self.socket, self.secret = own + '/sock', own + '/secret'
            with open(self.secret, 'w') as file:
                file.write(os.urandom(32).hex())
            os.chmod(self.secret, 0o600)
            self.add(start(None, AGENT, '--listen', 'unix:' + self.socket, '--secret-file', self.secret))
            while not os.path.exists(self.socket):
                if self.processes[-1].poll() is not None:
                    raise SystemExit('the agent ended: it could not listen')
                time.sleep(0.05)
        return 'agent+unix:%s//netns/%s' % (self.socket, POD)

    def key(self):
        return [] if self.name == 'podglass' else ['--secret-file', self.secret]

    def add(self, process):
        self.processes.append(process)

    def own(self):
        """The processes whose cost is the peer's: of Podglass, the agent."""
        pids = [pid for process in self.processes for pid in family(process.pid)]
        if not self.sums:
            return pids
        return [pid for pid in pids if os.path.realpath('/proc/%d/exe' % pid) == os.path.realpath(AGENT)]

    def read_to_end(self, most=150):
        """Seconds until every client has read all there is, by what the agent last told each of them."""
        began = time.time()
        self.released.set()
        if self.stopped:
            self.holder.join()
        while not all(ended(out, began) for out in self.sums):
            if time.time() - began > most:
                print('not all clients have read to their end within %d s' % most)
                break
            time.sleep(0.2)
        return time.time() - began

    def stop(self):
        self.released.set()
        for process in reversed(self.processes):
            for pid in family(process.pid)[:2]:
                try:
                    os.kill(pid, signal.SIGINT)
                except OSError:
                    pass
        for process in self.processes:
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
        self.processes = []

    def said(self):
        """A capturing tool's own word on what the kernel dropped."""
        if self.name not in ('tcpdump', 'tshark', 'libnids'):
            return ''
        with open(self.words) as file:
            found = re.search(r'(\d+ packets? dropped.*|nids seen.*)', file.read())
        return found.group(1) if found else 'tells no drops'

    def told(self):
        for out in self.sums:
            found = lines_of(out, 'sums')
            if found:
                yield found[-1]


def main():
    load, repeats, seconds, names = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:]
    port = 8080 if load == 'http' else 5201
    rig(load)
    service = nginx() if load == 'http' else None
    results = {name: [] for name in names}
    try:
        for _ in range(repeats):
            for name in names:
                before, _, slow = measure(load, min(seconds, 10))
                peer = Peer(name, port)
                pids = peer.own()
                spent = cpu(pids)
                after, amount, slower = measure(load, seconds, peer.port)
                over = time.time()
                time.sleep(1.2)
                spent = cpu(pids) - spent
                memory = [sum(status(pid, key) for pid in pids) for key in ('VmHWM', 'RssAnon')] if pids else [0, 0]
                peer.read_to_end()
                peer.stop()
                results[name].append((after / before, spent / amount, memory, list(peer.told()), amount, peer.said(),
                                      slower / slow if slow else 0, over))
    except KeyboardInterrupt:
        pass  # what was measured is shown
    finally:
        down(service)
    print('%s, %d pairs of %d s, load of the machine %.1f' % (load, repeats, seconds, os.getloadavg()[0]))
    for name, runs in results.items():
        if not runs:
            continue
        ratios = sorted(run[0] for run in runs)
        unit = 'us a request' if load == 'http' else 'CPU-s/GB'
        own = statistics.median(run[1] for run in runs) * (1e6 if load == 'http' else 1e9)
        print('%-10s ratio %.2f [%.2f..%.2f]  own %.3f %s  peak RSS %.1f MiB, anonymous %.1f MiB  %s%s'
              % (name, statistics.median(ratios), ratios[0], ratios[-1], own, unit, runs[-1][2][0], runs[-1][2][1],
                 'p99 ratio %.2f  ' % statistics.median(run[6] for run in runs) if load == 'http' else '', runs[-1][5]))
        for told in runs[-1][3]:
            show_account(load, told, runs[-1][4], runs[-1][7])


def show_account(load, told, amount, over):
    agent = told.get('agent', {})
    lost = sum(place['bytes'] for place in told['lost'].values())
    if load != 'http':
        # Below none: iperf3's own connection on the same port, some 850 bytes, and what its receiver leaves unread.
        print('           of %d bytes that the receiver counts %d are neither shown nor told as missing'
              % (amount, amount - told['bytes'] - told['gap_bytes'] - lost))
    print('           %d events, %d bytes of payload, %d requests, %d responses; kernel drops %s, gaps %d (%d '
          'bytes), lost %s' % (told['events'], told['bytes'], told['requests'], told['responses'],
                               agent.get('kernel_drops'), told['gaps'], told['gap_bytes'], told['lost']))
    if not agent:
        return
    said = agent['bytes']
    print('           the agent offered it %d bytes = %d delivered + %d lost%s; %d delivered bytes and %d lost ones did '
          'not reach it%s'
          % (said['offered'], said['delivered'], said['lost'],
             '' if said['offered'] == said['delivered'] + said['lost'] else ' (WRONG)',
             said['delivered'] - told['bytes'] - told['gap_bytes'],
             said['lost'] - sum(place['bytes'] for name, place in told['lost'].items() if name != 'kernel'),
             '; last of what is missing told %.2f s after the load' % (told['last_missing_at'] / 1e9 - over)
             if told.get('last_missing_at') else ''))


if __name__ == '__main__':
    main()
