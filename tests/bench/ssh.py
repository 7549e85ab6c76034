#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the road over SSH carries, on loopback through a real sshd, one after the other in one run:

  raw          the same bytes without SSH
  libssh2      a bare reader (peers/ssh2_reader), which does nothing else
  podglass-ssh the built-in transport, to a pipe that is read; same library, cipher and MAC
  ssh -L       a forwarded port of the user's ssh
  ssh          the user's ssh as the road uses it, to a pipe that is read; same cipher

  ssh.py carry REPEATS MEGABYTES     down, from a host to the desktop
  ssh.py mirror REPEATS SECONDS [GBITS [CIPHER]]
      iperf3 at so many Gbit/s (2), mirrored through podglass-ssh, or with a cipher through the user's ssh: is anything lost?

PODGLASS_SSH, SSH2_READER, and for mirror PODGLASSCTL and PODGLASS_AGENT name the programs. Needs root."""
import fcntl
import json
import os
import socket
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'net', 'proof'))

import lab
from sshd import Sshd

CIPHER, MAC = 'aes128-ctr', 'hmac-sha2-256'
BLOCK = b'q' * (1 << 20)
F_SETPIPE_SZ = 1031  # fcntl(2); Python 3.9 has no name for it


class Source:
    """Sends so many bytes to everybody who connects."""

    def __init__(self, megabytes):
        self.megabytes, self.listener = megabytes, socket.socket()
        self.listener.bind(('127.0.0.1', 0))
        self.listener.listen(8)
        self.port = self.listener.getsockname()[1]
        # A process of its own: threads of this one would wait for each other.
        self.process = os.fork()
        if self.process == 0:
            while True:
                self.send(self.listener.accept()[0])

    def stop(self):
        os.kill(self.process, 9)
        os.waitpid(self.process, 0)

    def send(self, client):
        try:
            for _ in range(self.megabytes):
                client.sendall(BLOCK)
        except OSError:
            pass
        client.close()


def drain(descriptor, megabytes):
    """MB/s from the first byte to the last."""
    room, got, began = bytearray(1 << 20), 0, None
    while got < megabytes << 20:
        size = os.readv(descriptor, [room])
        if not size:
            break
        began = began or time.monotonic()
        got += size
    assert got == megabytes << 20, 'only %d bytes came' % got
    return got / 1e6 / (time.monotonic() - began)


def through(megabytes, *command):
    """To a pipe as large as the road's (core/io/child.cpp)."""
    ours, theirs = os.pipe()
    fcntl.fcntl(theirs, F_SETPIPE_SZ, 1 << 20)
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=theirs, stderr=subprocess.DEVNULL) as child:
        os.close(theirs)
        rate = drain(ours, megabytes)
        child.kill()
    os.close(ours)
    return rate


def forwarded(megabytes, ssh, to, options):
    port = lab.free_port()
    child = subprocess.Popen(['ssh', '-N', *options, '-L', '127.0.0.1:%d:127.0.0.1:%d' % (port, to), '-p', str(ssh.port), 'root@127.0.0.1'],
                             stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def client():
        try:
            return socket.create_connection(('127.0.0.1', port))
        except OSError:
            return None
    try:
        with lab.until(client, what='ssh -L') as stream:
            return drain(stream.fileno(), megabytes)
    finally:
        child.terminate()
        child.wait()


def carry(repeats, megabytes):
    rates = {}
    with lab.Lab(nginx=False) as rig:
        ssh, source = Sshd(rig), Source(megabytes)
        options = ['-F', ssh.path('ssh_config'), '-o', 'Ciphers=' + CIPHER, '-o', 'MACs=' + MAC]

        def bare():
            said = lab.run(os.environ['SSH2_READER'], str(ssh.port), ssh.path('user'), CIPHER, MAC, str(source.port))
            size, seconds = said.stdout.split()
            assert int(size) == megabytes << 20, said
            return int(size) / 1e6 / float(seconds)

        def raw():
            with socket.create_connection(('127.0.0.1', source.port)) as stream:
                return drain(stream.fileno(), megabytes)
        there = '127.0.0.1:%d' % source.port
        ways = {'raw': raw, 'libssh2': bare,
                'podglass-ssh': lambda: through(megabytes, os.environ['PODGLASS_SSH'], '--config', ssh.path('ssh_config'), '--known-hosts', ssh.path('known'),
                                                '--forward', there, 'root@127.0.0.1:%d' % ssh.port),
                'ssh -L': lambda: forwarded(megabytes, ssh, source.port, options),
                'ssh': lambda: through(megabytes, 'ssh', '-T', *options, '-p', str(ssh.port), '-W', there, 'root@127.0.0.1')}
        try:
            for _ in range(repeats):
                for name, way in ways.items():
                    rates.setdefault(name, []).append(way())
        finally:
            source.stop()
    for name, got in rates.items():
        print('%-13s %6.0f MB/s (%.0f to %.0f)' % (name, statistics.median(got), min(got), max(got)))
    for name, peer in (('podglass-ssh', 'libssh2'), ('ssh', 'ssh -L')):
        pairs = [a / b for a, b in zip(rates[name], rates[peer])]
        print('%s / %s: %.2f (%.2f to %.2f)' % (name, peer, statistics.median(pairs), min(pairs), max(pairs)))


def mirror(repeats, seconds, gbits, cipher=None):
    for _ in range(repeats):
        with lab.Lab(nginx=False) as rig:
            ssh = Sshd(rig)
            road = ssh.road()
            if cipher:
                road = road.replace('ssh://', 'ssh+system://')
                with open(ssh.path('ssh_config'), 'a') as config:
                    config.write('Ciphers %s\n' % cipher)
            server = rig.start('iperf3', '-s', '-1', '-p', '5201', where=rig.pod, stdout=subprocess.DEVNULL)
            ctl = rig.ctl('--count', *ssh.options(), address=road + '/netns/' + rig.pod, port='5201', keep=True).ready()
            said = lab.run(*lab.inside(rig.caller, 'iperf3', '-J', '-c', lab.POD4, '-p', '5201', '-t', str(seconds), '-b', '%gG' % gbits))
            got = json.loads(said.stdout)['end']['sum_received']
            server.child.wait(10)
            time.sleep(1)
            ctl.finish()
            (sums,) = ctl.of('sums')
            told = ctl.telemetry or {}
            print('%.2f Gbit/s, %.3f GB: shown %.3f GB, %d gaps of %d bytes, lost %s, dropped by the kernel %s'
                  % (got['bits_per_second'] / 1e9, got['bytes'] / 1e9, sums['bytes'] / 1e9, sums['gaps'], sums['gap_bytes'],
                     json.dumps(sums['lost']), told.get('kernel_drops')))


if __name__ == '__main__':
    os.environ['PATH'] += ':/usr/sbin:/sbin'
    if len(sys.argv) < 4 or sys.argv[1] not in ('carry', 'mirror'):
        sys.exit(__doc__)
    if sys.argv[1] == 'carry':
        carry(int(sys.argv[2]), int(sys.argv[3]))
    else:
        mirror(int(sys.argv[2]), int(sys.argv[3]), float((sys.argv[4:] or ['2'])[0]), *sys.argv[5:6])
