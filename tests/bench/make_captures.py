#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The captures that files.py and tshark_streams.py read: bounded loads between two namespaces, taken by tcpdump.

  make_captures.py FOLDER [MEGABYTES]     http_small, http_64k, conns, bulk1448 (.pcap); needs root, see mirror.py
"""
import os
import re
import signal
import subprocess
import sys
import time

import mirror

BROWSER = ['-H', 'User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36',
           '-H', 'Cookie: theme=dark; session=0123456789abcdef0123456789abcdef']


def wrk(seconds, path, *more):
    return mirror.inside(mirror.CALLER, 'wrk', '-t1', '-c64', '-d%ds' % seconds, *more,
                         'http://%s:8080/%s' % (mirror.ADDRESS, path))


def take(file, port, megabytes, load):
    """Runs `load` until it ends or the file is as large as wanted; whole packets only, as tcpdump ends by itself."""
    words = mirror.inside(mirror.POD, 'tcpdump', '-i', 'eth0', '-Z', 'root', '-s', '0', '-B', '65536', '-w', file,
                          'tcp port %d' % port)
    taker = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    while not os.path.exists(file):
        time.sleep(0.05)
    time.sleep(0.5)
    running = subprocess.Popen(load, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while running.poll() is None and os.path.getsize(file) < megabytes * 1e6:
        time.sleep(0.02)
    taker.send_signal(signal.SIGINT)
    said = taker.communicate()[1]
    running.terminate()
    running.wait()
    print('%s: %.0f MB, %s' % (os.path.basename(file), os.path.getsize(file) / 1e6,
                               re.search(r'\d+ packets dropped by kernel', said).group(0)), flush=True)


def main():
    folder, megabytes = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 300
    os.makedirs(folder, exist_ok=True)
    mirror.rig('http')
    service = mirror.nginx()
    with open(mirror.FOLDER + '/www/large', 'w') as file:
        file.write('y' * 65536)
    try:
        take(folder + '/http_small.pcap', 8080, megabytes, wrk(40, 'small', *BROWSER))
        take(folder + '/http_64k.pcap', 8080, megabytes, wrk(40, 'large'))
        take(folder + '/conns.pcap', 8080, megabytes, wrk(40, 'small', '-H', 'Connection: close'))
        mirror.cut_packets()
        receiver = mirror.start(mirror.POD, 'iperf3', '-s', '-1', '-p', '5201')
        time.sleep(0.3)
        take(folder + '/bulk1448.pcap', 5201, megabytes,
             mirror.inside(mirror.CALLER, 'iperf3', '-c', mirror.ADDRESS, '-p', '5201', '-t', '40', '-P', '4', '-b', '250M'))
        receiver.terminate()
        receiver.wait()
    finally:
        mirror.down(service)


if __name__ == '__main__':
    main()
