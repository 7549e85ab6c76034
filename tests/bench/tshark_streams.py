#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Do Podglass and tshark show the same bytes? For captures without conflicting copies (with them tshark shows what no
application read, design of reassembly): each TCP stream of tshark -z follow,tcp,raw against podglassctl read --json.

  tshark_streams.py FILE...      PODGLASSCTL names the program; needs tshark
"""
import hashlib
import json
import os
import subprocess
import sys


def ours(file):
    lines = subprocess.run([os.environ['PODGLASSCTL'], 'read', '--json', file], capture_output=True, check=True).stdout
    found = [json.loads(line) for line in lines.splitlines()]
    return sorted(found, key=lambda connection: connection['first_frame'])


def streams_of(file):
    text = subprocess.run(['tshark', '-n', '-r', file, '-T', 'fields', '-e', 'tcp.stream'], capture_output=True,
                          text=True, check=True).stdout
    return sorted({int(line.split(',')[0]) for line in text.split() if line})


def theirs(file, number):
    """The two directions, and whether tshark itself says that bytes are missing."""
    text = subprocess.run(['tshark', '-n', '-q', '-r', file, '-z', 'follow,tcp,raw,%d' % number], capture_output=True,
                          text=True, check=True).stdout
    both = [b'', b'']
    for line in text.splitlines()[6:]:
        if line.startswith('='):
            break
        both[line.startswith('\t')] += bytes.fromhex(line.strip())
    return both


def main():
    files = connections = size = wrong = 0
    for file in sys.argv[1:]:
        shown = ours(file)
        numbers = streams_of(file)
        files += 1
        # Connections without a byte are not always opened by both: only those with data are compared.
        listed = [entry for entry in shown if entry['ab']['bytes'] + entry['ba']['bytes']]
        expected = [both for both in (theirs(file, number) for number in numbers) if both[0] or both[1]]
        if len(listed) != len(expected):
            wrong += 1
            print('%s: %d connections with data, tshark has %d' % (file, len(listed), len(expected)))
            continue
        for entry, both in zip(listed, expected):
            connections += 1
            size += len(both[0]) + len(both[1])
            here = {(entry[side]['bytes'], entry[side]['sha256']) for side in ('ab', 'ba')}
            there = {(len(side), hashlib.sha256(side).hexdigest()) for side in both}
            if here != there:
                wrong += 1
                print('%s: frame %d: %s, tshark %s' % (file, entry['first_frame'], sorted(here), sorted(there)))
    print('%d files, %d connections, %d bytes: %d differ' % (files, connections, size, wrong))
    sys.exit(1 if wrong else 0)


if __name__ == '__main__':
    main()
