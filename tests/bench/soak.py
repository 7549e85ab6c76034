#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A day's worth of connections in minutes: short connections as fast as they go, mirrored by an agent in a memory
cgroup, with memory and descriptors sampled each second. A nominal day is 4.3 million connections with 8.6 million
requests (50 and 100 a second).

  soak.py SECONDS [LIMIT_MIB]        one request a connection, for so long
  soak.py day [LIMIT_MIB [MILLIONS]] two requests a connection, 4.3 million connections or so many

PODGLASSCTL and PODGLASS_AGENT name the programs; root, nginx, wrk; cgroup v1 or v2. memory_limit.py has the rest of
what may come at once.
"""
import os
import re
import signal
import statistics
import subprocess
import sys
import threading
import time

import mirror


class Group:
    """A memory cgroup for one process."""

    def __init__(self, mebibytes):
        version1 = '/sys/fs/cgroup/memory'
        self.old = os.path.isdir(version1)
        self.path = os.path.join(version1 if self.old else '/sys/fs/cgroup', mirror.TAG)
        os.makedirs(self.path)
        self.put('memory.limit_in_bytes' if self.old else 'memory.max', mebibytes << 20)

    def put(self, name, value):
        with open(os.path.join(self.path, name), 'w') as file:
            file.write(str(value))

    def get(self, name):
        with open(os.path.join(self.path, name)) as file:
            return file.read()

    def facts(self):
        if self.old:
            peak = int(self.get('memory.max_usage_in_bytes'))
            kills = int(re.search(r'oom_kill (\d+)', self.get('memory.oom_control')).group(1))
            return peak, kills, int(self.get('memory.failcnt'))
        kills = int(re.search(r'oom_kill (\d+)', self.get('memory.events')).group(1))
        return int(self.get('memory.peak')), kills, int(re.search(r'max (\d+)', self.get('memory.events')).group(1))

    def remove(self):
        try:
            os.rmdir(self.path)
        except OSError:
            pass  # somebody in it still lives


def agents_of(process):
    """The guard and the worker of the agent that podglassctl started; the worker has the memory."""
    wanted = os.path.realpath(mirror.AGENT)
    for _ in range(200):
        found = [pid for pid in mirror.family(process.pid) if os.path.realpath('/proc/%d/exe' % pid) == wanted]
        if len(found) == 2:
            return found
        time.sleep(0.05)
    raise SystemExit('no agent')


def slope(samples):
    """By least squares over (x, y), per 1 of x."""
    x, y = (statistics.fmean(part) for part in zip(*samples))
    spread = sum((at - x) ** 2 for at, _ in samples)
    return sum((at - x) * (value - y) for at, value in samples) / spread if spread else 0


def facts(pids):
    """Anonymous MiB and descriptors of all of them."""
    return (sum(mirror.status(pid, 'RssAnon') for pid in pids),
            sum(len(os.listdir('/proc/%d/fd' % pid)) for pid in pids))


def churn(seconds, *options):
    """Requests made by wrk in so many seconds."""
    said = mirror.run(*mirror.inside(mirror.CALLER, 'wrk', '-t1', '-c64', '-d%ds' % seconds, *options,
                                     'http://%s:8080/small' % mirror.ADDRESS)).stdout
    return int(re.search(r'(\d+) requests in', said).group(1))


class Load(threading.Thread):
    """Rounds of requests until there were enough or it took long enough."""

    def __init__(self, most, seconds, *options):
        super().__init__(daemon=True)
        self.asked, self.most, self.seconds, self.options = 0, most, seconds, options
        self.start()

    def run(self):
        end = time.monotonic() + self.seconds
        while self.asked < self.most and time.monotonic() < end:
            self.asked += churn(min(10, max(1, int(end - time.monotonic()))), *self.options)


def main():
    day = sys.argv[1] == 'day'
    limit = int(sys.argv[2]) if len(sys.argv) > 2 else 64
    most = 2e6 * (float(sys.argv[3]) if len(sys.argv) > 3 else 4.3) if day else 1e12
    mirror.rig('http')
    service = mirror.nginx(2 if day else 1000000000)
    group = Group(limit)
    out = mirror.FOLDER + '/sums'
    samples = []
    try:
        # In a session of its own, so that the load may be stopped for a while without it.
        client = mirror.start(None, mirror.CTL, 'attach', 'local/netns/' + mirror.POD, '--agent', mirror.AGENT, '--port',
                              '8080', '--count', '--quiet', out=out, start_new_session=True)
        agents = agents_of(client)
        for pid in agents:
            group.put('cgroup.procs', pid)
        time.sleep(1.5)
        before = facts(agents)
        began = time.monotonic()
        load = Load(most, 1e9) if day else Load(most, int(sys.argv[1]), '-H', 'Connection: close')
        while load.is_alive():
            samples.append((load.asked, *facts(agents)))
            load.join(1)
        seconds = time.monotonic() - began
        time.sleep(5)  # rings give their memory back after two seconds without use
        after = facts(agents)
        peak, kills, full = group.facts()
        client.send_signal(signal.SIGINT)
        client.wait(20)
        told = mirror.lines_of(out, 'sums')[-1]
    finally:
        mirror.down(service)
        group.remove()
    agent_says = told['agent']
    print('%d requests in %d s, %s, in a cgroup of %d MiB; load of the machine %.1f'
          % (load.asked, seconds, 'two on a connection' if day else 'each on a connection of its own', limit,
             os.getloadavg()[0]))
    print('shown: %d connections, %d requests, %d responses; lost %d events, %d packets dropped by the kernel, %d gaps'
          % (told['connections'], told['requests'], told['responses'],
             sum(place['events'] for place in told['lost'].values()), agent_says['kernel_drops'], told['gaps']))
    half, quarter = samples[len(samples) // 2:], max(len(samples) // 4, 1)
    memory = [sample[1] for sample in samples]
    per_request = slope([(asked, anonymous * 1024) for asked, anonymous, _ in half])
    print('anonymous memory: before %.2f MiB, first quarter at most %.2f, last quarter at most %.2f, after it %.2f; over '
          'the second half %+.2f KiB per 10,000 connections; descriptors before %d, at most %d, after it %d'
          % (before[0], max(memory[:quarter]), max(memory[-quarter:]), after[0],
             per_request * 10000 * (2 if day else 1), before[1], max(sample[2] for sample in samples), after[1]))
    print('cgroup: peak %.1f MiB, %d OOM kills, limit met %d times; connections still open in the table: %d'
          % (peak / 2**20, kills, full, agent_says['open_connections']))


if __name__ == '__main__':
    main()
