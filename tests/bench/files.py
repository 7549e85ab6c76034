#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""From a capture file to connections and exchanges, beside other tools, one after the other in each round.

  files.py ROUNDS FILE...     PODGLASSCTL names the program, NIDS_READER the one of peers/ (else it is left out);
                              PEERS="tcpdump,tshark fields" chooses (default: all there are)
"""
import os
import resource
import statistics
import subprocess
import sys
import time

CTL = os.environ['PODGLASSCTL']
PEERS = {
    'podglass connections': [CTL, 'read', '--json', '{}'],
    'podglass text': [CTL, 'read', '{}'],
    'podglass exchanges': [CTL, 'read', '--exchanges', '--json', '{}'],
    'tcpdump': ['tcpdump', '-Z', 'root', '-r', '{}', '-w', '/dev/null'],
    'tshark conv': ['tshark', '-n', '-q', '-z', 'conv,tcp', '-r', '{}'],
    'tshark fields': ['tshark', '-n', '-r', '{}', '-Y', 'http.request', '-T', 'fields', '-e', 'tcp.stream', '-e',
                      'http.request.method', '-e', 'http.request.uri'],
}


if 'NIDS_READER' in os.environ:
    PEERS['libnids'] = [os.environ['NIDS_READER'], '-r', '{}']


def first_line(command):
    """Seconds until the program has said something."""
    begin = time.monotonic()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as child:
        child.stdout.read(1)
        took = time.monotonic() - begin
        child.kill()
    return took


def once(command):
    """Wall and CPU seconds, peak MiB, of one child (its own usage: wait4)."""
    begin = time.monotonic()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    return time.monotonic() - begin, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, child.returncode


def main():
    rounds, files = int(sys.argv[1]), sys.argv[2:]
    wanted = os.environ.get('PEERS', '').split(',') if os.environ.get('PEERS') else list(PEERS)
    for file in files:
        with open(file, 'rb') as warm:
            while warm.read(1 << 20):
                pass
        runs = {name: [] for name in wanted}
        for _ in range(rounds):
            for name in wanted:
                runs[name].append(once([part.replace('{}', file) for part in PEERS[name]]))
        print('%s, %.0f MB, %d rounds, load of the machine %.1f'
              % (os.path.basename(file), os.path.getsize(file) / 1e6, rounds, os.getloadavg()[0]))
        for name, each in runs.items():
            print('  %-22s wall %7.2f s  CPU %7.2f s  peak RSS %7.1f MiB  status %d'
                  % (name, statistics.median(run[0] for run in each), statistics.median(run[1] for run in each),
                     statistics.median(run[2] for run in each), each[-1][3]), flush=True)
        if 'podglass exchanges' in wanted:
            took = [first_line([part.replace('{}', file) for part in PEERS['podglass exchanges']]) for _ in range(5)]
            print('  first exchange after %.0f ms (median of 5)' % (statistics.median(took) * 1e3), flush=True)


if __name__ == '__main__':
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main()
