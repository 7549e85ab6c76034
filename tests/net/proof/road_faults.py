# SPDX-License-Identifier: Apache-2.0
"""What happens to the road over SSH while it is used, mirroring and stealing at once (F3, F4, F5, F25, F27): packets
dropped both ways for 5, 30 and 120 s, an interface taken away, sshd restarted, killed and come back with another key,
a relay that freezes one direction without closing anything, the agent's file deleted under it.

The service and sshd are in the pod's namespace, podglassctl and the callers in the other one; nftables rules of
namespaces made here are the only thing that is dropped. Long: minutes. As a program: road_faults.py [-v] [NAME]."""
import os
import select
import socket
import subprocess
import sys
import threading
import time
import unittest

import lab
from sshd import Sshd

SILENCE = 15.0  # limits::silentPeer
FILTER = 'header "x-pg-steal" is "1"'
QUIET = os.environ.get('PODGLASS_QUIET') == '1'

# Answers every request with what a taker is known by.
TAKER = """
import http.server
class Taker(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    def log_message(self, *_): pass
    def do_GET(self):
        self.send_response(200); self.send_header('Content-Length', '5'); self.end_headers(); self.wfile.write(b'taken')
http.server.ThreadingHTTPServer(('127.0.0.1', 7070), Taker).serve_forever()
"""


class Road(lab.Lab):
    """Mirrors and steals on port 8080 of the pod, over SSH from the caller's namespace."""

    def __init__(self, system=False):
        super().__init__()
        self.system = system

    def __enter__(self):
        super().__enter__()
        self.ssh = Sshd(self, where=self.pod, address=lab.POD4, asked_from=self.caller)
        self.start(sys.executable, '-c', TAKER, where=self.caller)
        road = self.ssh.road().replace('ssh://', 'ssh+system://') if self.system else self.ssh.road()
        # Not "ip netns exec": that hides cgroups.
        self.ctl_ = self.ctl('--mode', 'steal', '--filter-text', FILTER, '--to', '127.0.0.1:7070', *self.ssh.options(),
                             address=road + '/self', prefix=('nsenter', '--net=/run/netns/' + self.caller)).ready()
        lab.until(lambda: self.stolen() == 'taken', what='a stolen answer; ' + self.ctl_.said())
        return self

    def stolen(self, patience='2'):
        return lab.run(*lab.inside(self.caller, 'curl', '-s', '-m', patience, '-H', 'x-pg-steal: 1',
                                   'http://%s:8080/b1' % lab.POD4)).stdout

    def drop(self, on):
        """SSH alone, both ways."""
        nft = lab.inside(self.caller, 'nft')
        if not on:
            lab.run(*nft, 'delete', 'table', 'ip', 'fault', check=True)
            return
        port = self.ssh.port
        rules = ('table ip fault {{\nchain out {{ type filter hook output priority 0; tcp dport {0} drop; }}\n'
                 'chain in {{ type filter hook input priority 0; tcp sport {0} drop; }}\n}}\n').format(port)
        lab.run(*nft, '-f', '-', input=rules, check=True)

    def seen(self, path):
        return any(event.get('target') == path for event in self.ctl_.of('request'))

    def follow(self, name, what='data to flow', patience=lab.PATIENCE):
        """A GET of its own is asked and seen; gives the seconds that took."""
        path, began = '/b1?' + name, time.monotonic()

        def asked():
            self.get(path)
            return self.seen(path)
        lab.until(asked, patience, what + '; podglassctl said: ' + self.ctl_.said()[-2000:])
        return time.monotonic() - began

    def lost(self):
        return 'trying again' in self.ctl_.said()

    def breaks(self):
        return len(self.ctl_.breaks)

    def session_processes(self):
        """sshd's children, each of which is one connection."""
        return lab.children(self.ssh.process.child.pid)


class Dropped(unittest.TestCase):

    def test_f3_five_seconds_lose_nothing(self):
        with Road() as road:
            road.drop(True)
            # What is stolen meanwhile waits for its taker, and is answered by it.
            waiting = road.start('curl', '-s', '-m', '60', '-H', 'x-pg-steal: 1', 'http://%s:8080/b1' % lab.POD4,
                                 where=road.caller, stdout=subprocess.PIPE, text=True)
            for i in range(200):
                road.get('/b1?during-%d' % i)
            time.sleep(max(0, 5 - 1))  # a stretch of time is the fault itself
            road.drop(False)
            self.assertEqual(waiting.child.communicate(timeout=60)[0], 'taken')
            road.follow('after')
            lab.until(lambda: road.seen('/b1?during-199'), what='what was mirrored meanwhile')
            for i in range(200):
                self.assertTrue(road.seen('/b1?during-%d' % i), i)
            self.assertEqual(road.breaks(), 0)
            self.assertFalse(road.lost())
            self.assertEqual(road.ctl_.telemetry['events']['lost'], 0)
            self.assertLess(sum(map(lab.memory, road.ssh.agents())), 24 << 20)

    def broken(self, seconds, cut, mend, system=False):
        with Road(system) as road:
            cut(road)
            began = time.monotonic()
            lab.until(road.lost, 3 * SILENCE, 'the loss to be told')
            told = time.monotonic() - began
            mirrored = 0
            while cut is not veth_down and road.stolen('1') != 'a' and time.monotonic() - began < 3 * SILENCE:
                pass
            released = time.monotonic() - began
            if cut is not veth_down:
                self.assertEqual(road.stolen('5'), 'a', 'the service answers')
                for mirrored in range(50):
                    road.get('/b1?unseen-%d' % mirrored)
            time.sleep(max(0.0, seconds - (time.monotonic() - began)))  # the fault lasts that long
            mend(road)
            back = time.monotonic()
            lab.until(road.breaks, 60, 'the break to be told; it said: ' + road.ctl_.said()[-2000:])
            live = time.monotonic() - back
            first = road.follow('after')
            gap = road.ctl_.breaks[0]
            print('%3d s: told after %.1f s, given back after %.1f s; mended: live after %.1f s, data %.2f s later'
                  % (seconds, told, released, live, first))
            self.assertLess(told, SILENCE + (3 if QUIET else 20))
            self.assertGreaterEqual(gap['until'] - gap['from'], (seconds - 1) * 1e9)
            self.assertFalse(road.seen('/b1?unseen-%d' % mirrored) and mirrored)
            # Stealing does not come back by itself, and that is said.
            self.assertEqual(road.stolen('5'), 'a')
            lab.until(lambda: road.ctl_.states[-1]['mode'] == 'mirror', what='the mode to be told')
            if QUIET:
                self.assertLess(first, 1.0)
            return told

    def test_f3_thirty_seconds(self):
        self.broken(30, lambda road: road.drop(True), lambda road: road.drop(False))

    def test_f3_two_minutes(self):
        self.broken(120, lambda road: road.drop(True), lambda road: road.drop(False))

    def test_f3_thirty_seconds_over_the_users_own_ssh(self):
        self.broken(30, lambda road: road.drop(True), lambda road: road.drop(False), system=True)

    def test_f4_an_interface_is_taken_away(self):
        self.broken(40, veth_down, lambda road: lab.run('ip', '-n', road.caller, 'link', 'set', 'eth0', 'up', check=True))


def veth_down(road):
    lab.run('ip', '-n', road.caller, 'link', 'set', 'eth0', 'down', check=True)


class Server(unittest.TestCase):

    def test_f5_a_restart_of_sshd_leaves_the_session(self):
        with Road() as road:
            road.ssh.process.stop()
            road.follow('without-listener')
            road.ssh.start()
            road.follow('with-another')
            self.assertEqual(road.stolen('5'), 'taken')
            self.assertFalse(road.lost())
            self.assertEqual(road.breaks(), 0)

    def test_f5_a_killed_session_comes_back_and_a_changed_key_does_not(self):
        with Road() as road:
            for pid in road.session_processes():
                os.kill(pid, 9)
            lab.until(road.breaks, 60, 'the break to be told; ' + road.ctl_.said()[-2000:])
            road.follow('back')
            road.ssh.process.stop()
            road.ssh.make_key('host')  # known_hosts keeps the old one
            for pid in [each for agent in road.ssh.agents() for each in ancestors(agent)]:
                os.kill(pid, 9)
            road.ssh.start()
            self.assertNotEqual(road.ctl_.child.wait(60), 0)
            self.assertIn('host key has CHANGED', road.ctl_.said())
            # Once is enough: whoever is there now must not be asked again and again.
            self.assertEqual(road.ctl_.said().count('host key has CHANGED'), 1)

    def test_f25_the_agents_file_is_deleted_while_it_runs(self):
        with Road() as road:
            home = road.ssh.path('home')
            for folder, _, files in os.walk(home):
                for name in files:
                    os.unlink(os.path.join(folder, name))
            road.follow('deleted')
            self.assertEqual(road.stolen('5'), 'taken')
            for pid in road.session_processes():
                os.kill(pid, 9)
            lab.until(road.breaks, 60, 'the break to be told; ' + road.ctl_.said()[-2000:])
            road.follow('sent-again')

    def test_f25_another_version_beside_it_keeps_both(self):
        with Road() as road:
            first = set(road.ssh.agents())
            other = road.path_of_another_agent()
            second = road.ctl(*road.ssh.options(), address=road.ssh.road() + '/self', agent=other,
                              prefix=('nsenter', '--net=/run/netns/' + road.caller)).ready()
            files = {os.readlink('/proc/%d/exe' % pid) for pid in road.ssh.agents()}
            self.assertEqual(len(files), 2, files)
            self.assertFalse([name for name in files if 'deleted' in name])
            road.follow('both')
            lab.until(lambda: any(event.get('target') == '/b1?both' for event in second.of('request')), what='the other')
            second.finish()
            road.follow('the-first-alone')
            self.assertLessEqual(first, set(road.ssh.agents()))


def path_of_another_agent(road):
    """The same agent with another hash."""
    path = os.path.join(road.folder, 'other-agent')
    with open(lab.AGENT, 'rb') as source, open(path, 'wb') as made:
        made.write(source.read() + b'another')
    os.chmod(path, 0o755)
    return path


Road.path_of_another_agent = path_of_another_agent


def ancestors(pid):
    """sshd's process of this session: the parents up to one that is called sshd."""
    while pid > 1:
        with open('/proc/%d/status' % pid) as file:
            status = dict(line.split(':', 1) for line in file.read().splitlines() if ':' in line)
        if status['Name'].strip().startswith('sshd'):
            return [pid]
        pid = int(status['PPid'])
    return []


class Relay:
    """Between ssh and sshd in the caller's namespace; freeze() stops one direction and closes nothing."""

    def __init__(self, to):
        self.to, self.frozen = to, threading.Event()
        self.connections = 0
        self.listener = socket.socket()
        self.listener.bind(('127.0.0.1', 0))
        self.listener.listen(8)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            client, _ = self.listener.accept()
            self.connections += 1
            server = socket.create_connection(self.to)
            for one, other, down in ((client, server, False), (server, client, True)):
                threading.Thread(target=self.carry, args=(one, other, down, self.connections), daemon=True).start()

    def carry(self, one, other, down, number):
        while True:
            select.select([one], [], [])
            while down and number == 1 and self.frozen.is_set():
                time.sleep(0.05)
            try:
                data = one.recv(65536)
                if not data:
                    other.shutdown(socket.SHUT_WR)
                    return
                other.sendall(data)
            except OSError:
                other.close()
                return


class Frozen(unittest.TestCase):

    def test_f27_a_stalled_tunnel_is_torn_down_and_rebuilt(self):
        with lab.Lab() as rig:
            ssh = Sshd(rig)
            relay = Relay(('127.0.0.1', ssh.port))
            with open(ssh.path('ssh_config'), 'a') as file:
                file.write('Host frozen\nHostName 127.0.0.1\nPort %d\nUser root\nHostKeyAlias [127.0.0.1]:%d\n'
                           % (relay.port, ssh.port))
            ctl = rig.ctl(*ssh.options(), address='ssh://frozen/netns/' + rig.pod).ready()
            rig.get('/b1?before')
            lab.until(lambda: ctl.of('request'), what='data')
            relay.frozen.set()
            began = time.monotonic()
            lab.until(lambda: ctl.breaks, 3 * SILENCE, 'the tunnel to be rebuilt; ' + ctl.said())
            print('frozen: rebuilt after %.1f s' % (time.monotonic() - began))
            self.assertGreaterEqual(relay.connections, 2)
            self.assertIn('silent', ctl.said())

            def again():
                rig.get('/b1?after')
                return any(event.get('target') == '/b1?after' for event in ctl.of('request'))
            lab.until(again, what='data')


class Gone(unittest.TestCase):

    def test_f24_a_namespace_ends_under_the_agent_and_others_stay(self):
        with lab.Lab() as rig:
            other = 'pg-proof-gone-%d' % os.getpid()
            lab.run('ip', 'netns', 'add', other, check=True)
            try:
                kept = rig.ctl().ready()
                gone = rig.ctl(address='local/netns/' + other).ready()
                lab.run('ip', '-n', rig.pod, 'link', 'add', 'extra0', 'type', 'dummy')
                lab.run('ip', '-n', rig.pod, 'link', 'delete', 'extra0')
            finally:
                lab.run('ip', 'netns', 'delete', other)
            # The kernel keeps a namespace as long as the agent is in it: it sees no traffic and harms nobody.
            rig.get('/b1?kept')
            lab.until(lambda: any(event.get('target') == '/b1?kept' for event in kept.of('request')), what='the other')
            self.assertIsNone(gone.child.poll(), gone.said())
            self.assertEqual(gone.finish(), 0)
            lab.until(lambda: not lab.run('ip', 'netns', 'pids', other).stdout, what='the namespace to be free')

    def test_f24_an_interface_that_goes_and_comes_back_is_heard_again(self):
        with lab.Lab() as rig:
            ctl = rig.ctl().ready()
            rig.get('/b1?before')
            lab.until(lambda: ctl.of('request'), what='data')
            lab.run('ip', '-n', rig.pod, 'link', 'delete', 'eth0', check=True)
            lab.run('ip', '-n', rig.pod, 'link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', 'eth0', 'netns', rig.caller, check=True)
            for name, address in ((rig.pod, lab.POD4), (rig.caller, lab.CALLER4)):
                lab.run('ip', '-n', name, 'address', 'add', address + '/24', 'dev', 'eth0', check=True)
                lab.run('ip', '-n', name, 'link', 'set', 'eth0', 'up', check=True)

            def again():
                rig.get('/b1?after')
                return any(event.get('target') == '/b1?after' for event in ctl.of('request'))
            lab.until(again, what='data by the new interface; ' + ctl.said())


if __name__ == '__main__':
    lab.main()
