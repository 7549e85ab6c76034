#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A day's worth of connections in minutes: short connections as fast as they go, mirrored by an agent in a memory
cgroup, with memory and descriptors sampled each second. A nominal day is 4.3 million connections (50 a second).

  soak.py SECONDS [LIMIT_MIB]     PODGLASSCTL and PODGLASS_AGENT name the programs; root, nginx, wrk; cgroup v1 or v2
"""
import json
import os
import re
import signal
import subprocess
import sys
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


def agents_of(process):
    """The guard and the worker of the agent that podglassctl started; the worker has the memory."""
    wanted = os.path.realpath(mirror.AGENT)
    for _ in range(200):
        found = [pid for pid in mirror.family(process.pid) if os.path.realpath('/proc/%d/exe' % pid) == wanted]
        if len(found) == 2:
            return found
        time.sleep(0.05)
    raise SystemExit('no agent')


def facts(pids):
    """Anonymous MiB and descriptors of all of them."""
    return (sum(mirror.status(pid, 'RssAnon') for pid in pids),
            sum(len(os.listdir('/proc/%d/fd' % pid)) for pid in pids))


def main():
    seconds, limit = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 64
    mirror.rig('http')
    service = mirror.nginx()
    group = Group(limit)
    out = mirror.FOLDER + '/sums'
    samples = []
    try:
        client = mirror.start(None, mirror.CTL, 'attach', 'local/netns/' + mirror.POD, '--agent', mirror.AGENT, '--port',
                              '8080', '--count', '--quiet', out=out)
        agents = agents_of(client)
        for pid in agents:
            group.put('cgroup.procs', pid)
        time.sleep(1.5)
        load = subprocess.Popen(mirror.inside(mirror.CALLER, 'wrk', '-t1', '-c64', '-d%ds' % seconds, '-H',
                                              'Connection: close', 'http://%s:8080/small' % mirror.ADDRESS),
                                stdout=subprocess.PIPE, text=True)
        while load.poll() is None:
            samples.append(facts(agents))
            time.sleep(1)
        said = load.stdout.read()
        time.sleep(5)  # rings give their memory back after two seconds without use
        after, descriptors = facts(agents)
        peak, kills, full = group.facts()
        client.send_signal(signal.SIGINT)
        client.wait(20)
    finally:
        service.terminate()
        service.wait(10)
        for name in (mirror.POD, mirror.CALLER):
            mirror.run('ip', 'netns', 'delete', name)
        try:
            os.rmdir(group.path)
        except OSError:
            pass
    with open(out) as file:
        told = json.loads([line for line in file if '"sums"' in line][-1])
    mirror.run('rm', '-rf', mirror.FOLDER)
    asked = int(re.search(r'(\d+) requests in', said).group(1))
    quarter = max(len(samples) // 4, 1)
    memory = [sample[0] for sample in samples]
    lost = sum(place['events'] for place in told['lost'].values())
    agent_says = told['agent']
    print('%d requests in %d s, each on a connection of its own, in a cgroup of %d MiB; load of the machine %.1f'
          % (asked, seconds, limit, os.getloadavg()[0]))
    print('shown: %d connections, %d requests, %d responses; lost %d events, %d packets dropped by the kernel, %d gaps'
          % (told['connections'], told['requests'], told['responses'], lost, agent_says['kernel_drops'], told['gaps']))
    print('anonymous memory: first quarter at most %.1f MiB, last quarter at most %.1f, after it %.1f; descriptors at '
          'most %d, after it %d' % (max(memory[:quarter]), max(memory[-quarter:]), after,
                                    max(sample[1] for sample in samples), descriptors))
    print('cgroup: peak %.1f MiB, %d OOM kills, limit met %d times; connections still open in the table: %d'
          % (peak / 2**20, kills, full, agent_says['open_connections']))


if __name__ == '__main__':
    main()
