#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Fault F16: everything that costs memory at once, on an agent in a small memory cgroup: three stalled clients beside
one that reads, 10,000 idle connections, bodies of 1 GB, and short connections as fast as they go.

  memory_limit.py SECONDS [LIMIT_MIB [IDLE]]

Prints the peak of anonymous memory, OOM kills, what was shed, and each client's account, read to its end afterwards.
PODGLASSCTL and PODGLASS_AGENT name the programs; root, nginx, wrk, curl; cgroup v1 or v2. The agent and its clients are
in a session of their own, so that the load may be stopped for a while without them.
"""
import os
import re
import signal
import subprocess
import sys
import tempfile
import time

import mirror
import soak

# Idle connections: one answered request each, then nothing. Both ends in one process that sleeps.
IDLE = '''
import resource, selectors, socket, sys
hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
address, count = sys.argv[1], int(sys.argv[2])
'''
SERVER = IDLE + '''
listener = socket.create_server(('', 8081), backlog=1024)
print('ready', flush=True)
kept = []
while len(kept) < count:
    peer, _ = listener.accept()
    peer.recv(4096)
    peer.sendall(b'HTTP/1.1 204 No Content\\r\\n\\r\\n')
    kept.append(peer)
sys.stdin.read()
'''
CALLERS = IDLE + '''
kept = []
for _ in range(count):
    peer = socket.create_connection((address, 8081))
    peer.sendall(b'GET /idle HTTP/1.1\\r\\nHost: idle\\r\\n\\r\\n')
    peer.recv(4096)
    kept.append(peer)
print('open', flush=True)
sys.stdin.read()
'''
# Stopped, but for moments to say that they live.
HOLDER = 'while :; do kill -STOP %s; sleep 4; kill -CONT %s; sleep 0.05; done'


def python(where, text, *words):
    return subprocess.Popen(mirror.inside(where, sys.executable, '-c', text, *words), stdin=subprocess.PIPE,
                            stdout=subprocess.PIPE, text=True)


class Agent:
    """In the cgroup from its first moment, with clients that follow both ports."""

    def __init__(self, group, clients):
        folder = tempfile.mkdtemp(dir=mirror.FOLDER)
        socket, secret = folder + '/sock', folder + '/secret'
        with open(os.open(secret, os.O_CREAT | os.O_WRONLY, 0o600), 'w') as file:
            file.write(os.urandom(32).hex())
        self.log = folder + '/log'
        enter = 'echo $$ > %s/cgroup.procs; exec "$@"' % group.path
        self.process = mirror.start(None, 'sh', '-c', enter, 'sh', mirror.AGENT, '--verbose', '--listen', 'unix:' + socket,
                                    '--secret-file', secret, err=self.log, start_new_session=True)
        while not os.path.exists(socket):
            if self.process.poll() is not None:
                raise SystemExit('the agent ended: it could not listen')
            time.sleep(0.05)
        self.pids = mirror.family(self.process.pid)
        self.sums, self.clients = [], []
        for number in range(clients):
            self.sums.append('%s/sums-%d' % (folder, number))
            self.clients.append(mirror.start(
                None, mirror.CTL, 'attach', 'agent+unix:%s//netns/%s' % (socket, mirror.POD), '--secret-file', secret,
                '--port', '8080', '--port', '8081', '--count', '--telemetry', '--quiet', out=self.sums[-1],
                err=self.sums[-1] + '-words', start_new_session=True))
        time.sleep(1.5)

    def hold(self, clients):
        pids = ' '.join(str(client.pid) for client in clients)
        self.holder = subprocess.Popen(['sh', '-c', HOLDER % (pids, pids)], start_new_session=True)

    def release(self, clients):
        self.holder.kill()
        self.holder.wait()
        for client in clients:
            client.send_signal(signal.SIGCONT)

    def end(self):
        for process in (*self.clients, self.process):
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
                process.wait(20)


def unreclaimable(group):
    """What the kernel cannot take back, in MiB; and of it what is anonymous."""
    stat = dict(line.split() for line in group.get('memory.stat').splitlines())
    if group.old:
        anonymous = int(stat['total_rss'])
        kernel = int(group.get('memory.kmem.usage_in_bytes'))
    else:
        anonymous = int(stat['anon'])
        kernel = int(stat.get('kernel', 0)) - int(stat['slab_reclaimable'])
    return (anonymous + kernel) / 2**20, anonymous / 2**20


def downloads():
    """Two at a time for ever, at a rate that leaves something for the rest."""
    with open(mirror.FOLDER + '/www/large', 'wb') as file:
        file.truncate(10**9)
    loop = 'while :; do curl -s -o /dev/null --limit-rate 60M http://%s:8080/large; done' % mirror.ADDRESS
    return [mirror.start(mirror.CALLER, 'sh', '-c', loop) for _ in range(2)]


def main():
    seconds, limit = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 64
    idle = sys.argv[3] if len(sys.argv) > 3 else '10000'
    mirror.rig('http')
    service, group = mirror.nginx(), soak.Group(limit)
    samples, ends, agent = [], [], None
    try:
        agent = Agent(group, 4)
        ends.append(python(mirror.POD, SERVER, '', idle))
        ends[0].stdout.readline()
        ends.append(python(mirror.CALLER, CALLERS, mirror.ADDRESS, idle))
        ends[1].stdout.readline()
        agent.hold(agent.clients[1:])
        bodies = downloads()
        load = soak.Load(1e12, seconds, '-H', 'Connection: close')
        while load.is_alive():
            samples.append((*unreclaimable(group), soak.facts(agent.pids)[1]))
            load.join(0.5)
        for body in bodies:
            for pid in reversed(mirror.family(body.pid)):
                os.kill(pid, signal.SIGKILL)
            body.wait()
        agent.release(agent.clients[1:])
        began = time.time()
        while not all(mirror.ended(out, began) for out in agent.sums) and time.time() - began < 60:
            time.sleep(0.5)
        peak, kills, full = group.facts()
        alive = [process.poll() is None for process in (agent.process, *agent.clients)]
        agent.end()
        told = [mirror.lines_of(out, 'sums')[-1] for out in agent.sums]
        words = [open(out + '-words').read().splitlines() for out in agent.sums]
        with open(agent.log) as file:
            log = file.read()
    finally:
        for process in ends:
            process.kill()
            process.wait()
        if agent:
            agent.end()
        mirror.down(service)
        group.remove()
    print('%d s in a cgroup of %d MiB: %d short connections beside %s idle ones, bodies of 1 GB and 3 stalled clients; load '
          'of the machine %.1f' % (seconds, limit, load.asked, idle, os.getloadavg()[0]))
    print('anonymous memory: peak %.1f MiB, median %.1f; not reclaimable: peak %.1f MiB; descriptors at most %d'
          % (max(sample[1] for sample in samples), sorted(sample[1] for sample in samples)[len(samples) // 2],
             max(sample[0] for sample in samples), max(sample[2] for sample in samples)))
    print('cgroup: peak %.1f MiB with page cache, %d OOM kills, limit met %d times; agent and clients alive: %s'
          % (peak / 2**20, kills, full, 'all' if all(alive) else alive))
    for line in re.findall(r'podglass-agent: (memory: .*)', log):
        print('the agent: ' + line)
    for number, sums in enumerate(told):
        for line in words[number][-4:]:
            print('client %d was told: %s' % (number, line))
        mirror.show_account('http', sums, 0, began)


if __name__ == '__main__':
    main()
