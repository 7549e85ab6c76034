# SPDX-License-Identifier: Apache-2.0
"""Faults of what stands around a stolen port: the program that answers here (F8), the service itself (F9), other
clients (F19), connections from before (F20). Real nginx, curl and sockets; the real agent and podglassctl."""
import os
import socket
import struct
import subprocess
import tempfile
import threading
import time
import unittest

import lab
from killed_agent import FILTER, Taker, stolen

STOLEN = ('-H', 'x-pg-steal: 1')
CALLERS = '''
import socket, sys, time
def ask(c):
    c.settimeout(5)
    try:
        c.sendall(b"GET /b1 HTTP/1.1\\r\\nHost: x\\r\\nx-pg-steal: 1\\r\\n\\r\\n")
        got = b""
        while not got.endswith((b"\\r\\n\\r\\na", b"\\r\\n\\r\\ntaken")):
            part = c.recv(4096)
            if not part: return "end"
            got += part
        return got.split()[1].decode()
    except TimeoutError: return "hangs"
    except OSError: return "reset"
def all(callers): return " ".join("%%s=%%d" %% (k, got.count(k)) for got in [[ask(c) for c in callers]] for k in sorted(set(got)))
callers = [socket.create_connection(("%s", 8080)) for _ in range(100)]
print(all(callers), flush=True); sys.stdin.readline()
print(all(callers), flush=True)
callers = [socket.create_connection(("%s", 8080)) for _ in range(100)]
print(all(callers), flush=True); sys.stdin.readline()
print(all(callers), flush=True)
''' % (lab.POD4, lab.POD4)


class RawTaker:
    """A program here that accepts and does what `serve` says, on a thread for each connection."""

    def __init__(self, serve, accepts=True):
        self.socket = socket.create_server(('127.0.0.1', 0), backlog=64)
        self.address = '127.0.0.1:%d' % self.socket.getsockname()[1]
        self.serve, self.open = serve, []
        self.accepting = threading.Thread(target=self.accept, daemon=True)
        if accepts:
            self.accepting.start()

    def accept(self):
        while True:
            try:
                connection = self.socket.accept()[0]
            except OSError:
                return
            self.open.append(connection)
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        # A thread still in accept() would take the connections of the next listener with this number.
        self.socket.shutdown(socket.SHUT_RDWR)
        if self.accepting.is_alive():
            self.accepting.join()
        for each in (*self.open, self.socket):
            each.close()


def reset(connection):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
    connection.close()


class Faults(unittest.TestCase):

    def steal(self, rig, to, *options, **more):
        ctl = rig.ctl('--mode', 'steal', '--filter-text', FILTER, '--to', to, *options, **more).ready()
        lab.until(lambda: any(state['mode'] == 'steal' for state in ctl.states), what='steal: ' + ctl.said())
        return ctl

    def quick(self, rig):
        """Others are served as before."""
        self.assertEqual(rig.get('/b1', '-m', '5').stdout, 'a')

    def test_f8_a_taker_that_refuses(self):
        with lab.Lab() as rig:
            to = '127.0.0.1:%d' % lab.free_port()
            ctl = self.steal(rig, to)
            got = rig.get('/b1', *STOLEN, '-w', '%{http_code}').stdout
            self.assertIn('Connection refused', got)
            self.assertTrue(got.endswith('502'), got)
            lab.until(lambda: 'Connection refused' in ctl.said(), what='a word')
            ctl.finish()
            self.steal(rig, to, '--on-failure', 'pass-on')
            self.assertEqual(rig.get('/b1', *STOLEN).stdout, 'a')

    def test_f8_an_upload_hears_why_it_is_not_taken(self):
        """The answer comes while the body is under way: what is sent meanwhile is read, not answered by a reset."""
        caller = '''
import socket
c = socket.create_connection(("%s", 8080), 20)
c.sendall(b"PUT /b1 HTTP/1.1\\r\\nHost: x\\r\\nx-pg-steal: 1\\r\\nContent-Length: 60000000\\r\\n\\r\\n")
c.recv(1, socket.MSG_PEEK) # it is there
c.sendall(bytes(4 << 20))
print(c.recv(4096).split()[1].decode())
''' % lab.POD4
        with lab.Lab() as rig:
            self.steal(rig, '127.0.0.1:%d' % lab.free_port())
            got = lab.run(*lab.inside(rig.caller, 'python3', '-c', caller))
            self.assertEqual((got.stdout, got.stderr), ('502\n', ''))

    def silent(self, taker):
        """A stolen upload of 60 MB to a taker that does not move: 502 after 30 s, nobody else waits."""
        with lab.Lab() as rig, taker:
            ctl = self.steal(rig, taker.address)
            body = os.path.join(rig.folder, 'up')
            with open(body, 'wb') as file:
                file.truncate(60_000_000)
            began = time.monotonic()
            slow = subprocess.Popen(lab.inside(rig.caller, 'curl', '-s', '-m', '60', *STOLEN, '-T', body, '-w',
                                               '%{http_code} %{size_upload}', 'http://%s:8080/b1' % lab.POD4),
                                    stdout=subprocess.PIPE, text=True)
            self.addCleanup(slow.stdout.close)
            lab.until(lambda: ctl.of('decision'), what='the steal')
            # Back-pressure on that connection alone, and bounded.
            worker = ctl.worker()
            for _ in range(20):
                self.quick(rig)
            self.assertLess(lab.memory(worker), 40 << 20)
            said = slow.communicate(timeout=60)[0]
            took = time.monotonic() - began
            self.assertIn('said nothing for 30 s', said)
            code, sent = said.split()[-2:]
            self.assertTrue(code.endswith('502'), said)
            self.assertLess(int(sent), 60_000_000)
            self.assertGreater(took, 25)
            lab.until(lambda: 'said nothing for 30 s' in ctl.said(), what='a word')

    def test_f8_a_taker_that_accepts_and_never_reads(self):
        self.silent(RawTaker(lambda connection: None))

    def test_f8_a_taker_that_never_accepts(self):
        self.silent(RawTaker(None, accepts=False))

    def test_f8_a_taker_that_dies_in_mid_body(self):
        def serve(how):
            def answer(connection):
                connection.recv(4096)
                connection.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n' + b'x' * 300)
                how(connection)
            return answer
        for how in (reset, lambda connection: connection.close()):
            with lab.Lab() as rig, RawTaker(serve(how)) as taker:
                self.steal(rig, taker.address)
                got = rig.get('/b1', *STOLEN)
                self.assertNotEqual(got.returncode, 0, 'the caller sees that it is not whole')
                self.assertIn(got.stdout, ('x' * 300, ''))
                self.quick(rig)

    def test_f9_a_service_that_is_down(self):
        """Refused becomes a reset: the redirect accepts before the service can be asked. At once, as before."""
        with lab.Lab() as rig, Taker() as taker:
            self.steal(rig, taker.address)
            rig.processes[0].stop()
            lab.until(lambda: not lab.run(*lab.inside(rig.pod, 'ss', '-ltnH', 'sport = :8080')).stdout, what='no nginx')
            for address in (lab.POD4, lab.POD6):
                began = time.monotonic()
                got = rig.get('/b1', address=address)
                self.assertIn(got.returncode, (7, 52, 56), got)
                self.assertLess(time.monotonic() - began, 5)

    def test_f9_a_service_that_is_slow(self):
        with lab.Lab(nginx=False) as rig, Taker() as taker:
            rig.start('python3', '-c', '''import socket, time
listener = socket.create_server(("0.0.0.0", 8080))
while True:
    c = listener.accept()[0]
    if not c.recv(4096): continue # the agent's test of itself
    time.sleep(3)
    for part in (b"HTTP/1.1 200 OK\\r\\nContent-Len", b"gth: 4\\r\\n\\r\\nsl", b"ow"): c.sendall(part); time.sleep(.5)
    c.close()''', where=rig.pod)
            lab.until(lambda: lab.run(*lab.inside(rig.pod, 'ss', '-ltnH', 'sport = :8080')).stdout, what='the service')
            self.steal(rig, taker.address)
            self.assertEqual(rig.get('/x').stdout, 'slow')
            self.assertTrue(stolen(rig), 'what is taken does not wait for it')

    def only_at(self, bound, reachable, not_reachable):
        with lab.Lab(nginx=False) as rig, Taker() as taker:
            rig.start('python3', '-m', 'http.server', '8080', '--bind', bound, where=rig.pod, cwd=rig.folder,
                      stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
            lab.until(lambda: lab.run(*lab.inside(rig.pod, 'ss', '-ltnH', 'sport = :8080')).stdout, what='the service')
            with open(os.path.join(rig.folder, 'b1'), 'w') as file:
                file.write('a')

            def ask(where, address, *options):
                return lab.run(*lab.inside(where, 'curl', '-s', '-m', '5', *options, 'http://%s:8080/b1' % address))
            for stealing in (False, True):
                if stealing:
                    self.steal(rig, taker.address)
                self.assertEqual(ask(*reachable(rig)).stdout, 'a')
                self.assertIn(ask(*not_reachable(rig)).returncode, (7, 52, 56))
            self.assertEqual(ask(*reachable(rig), *STOLEN).stdout, 'taken')

    def test_f9_a_service_at_the_pods_address_only(self):
        self.only_at(lab.POD4, lambda rig: (rig.caller, lab.POD4), lambda rig: (rig.pod, '127.0.0.1'))

    def test_f9_a_service_at_loopback_only(self):
        self.only_at('127.0.0.1', lambda rig: (rig.pod, '127.0.0.1'), lambda rig: (rig.caller, lab.POD4))

    def test_f19_two_clients_with_overlapping_filters(self):
        with lab.Lab() as rig, tempfile.TemporaryDirectory(prefix='pg-proof-') as folder, Taker() as first, RawTaker(lambda connection: (
                connection.recv(4096), connection.sendall(b'HTTP/1.1 298 OK\r\nContent-Length: 0\r\n\r\n'))) as second:
            secret = os.path.join(folder, 'secret')
            with open(secret, 'w') as file:
                file.write('a secret that both clients know')
            os.chmod(secret, 0o600)
            path = os.path.join(folder, 's')
            rig.start(lab.AGENT, '--listen', 'unix:' + path, '--secret-file', secret, stderr=subprocess.DEVNULL)
            lab.until(lambda: os.path.exists(path), what='the agent')
            address = 'agent+unix:%s//netns/%s' % (path, rig.pod)

            def client(text, taker):
                ctl = rig.ctl('--mode', 'steal', '--filter-text', text, '--to', taker.address, '--secret-file', secret,
                              address=address).ready()
                lab.until(lambda: any(state['mode'] == 'steal' for state in ctl.states), what='steal: ' + ctl.said())
                return ctl

            def status(*options):
                return rig.get('/b1', '-o', '/dev/null', '-w', '%{http_code}', *options).stdout
            one = client('header "x-a" exists', first)
            two = client('header "x-b" exists', second)
            # The first filter by age, every time; both are told of the other.
            for _ in range(20):
                self.assertEqual(status('-H', 'x-a: 1', '-H', 'x-b: 1'), '299')
            self.assertEqual((status('-H', 'x-b: 1'), status()), ('298', '200'))
            self.assertIn('steals before you: header "x-a" exists', str(two.states))
            self.assertIn('steals after you: header "x-b" exists', str(lab.until(lambda: [
                state for state in one.states if state.get('other_clients')], what='the first to be told')))
            decisions = [event['taker'] for event in two.of('decision') if event['decision'] == 'stolen']
            self.assertEqual(len(set(decisions)), 2, 'each shows who took it')
            # One leaves while the other steals.
            one.finish()
            lab.until(lambda: status('-H', 'x-a: 1') == '200', what='the first to be gone')
            for _ in range(20):
                self.assertEqual(status('-H', 'x-a: 1', '-H', 'x-b: 1'), '298')

    def test_f20_old_connections_end_when_asked(self):
        with lab.Lab() as rig, Taker() as taker:
            hold = rig.start('python3', '-c', CALLERS, where=rig.caller, stdin=subprocess.PIPE,
                             stdout=subprocess.PIPE, text=True).child
            self.assertEqual(hold.stdout.readline(), '200=100\n')
            ctl = self.steal(rig, taker.address, '--end-old')
            ended = lab.until(lambda: ctl.of('old-ended'), what='the end of the old ones: ' + ctl.said())[0]
            self.assertEqual((ended['ended'], ended['left']), (100, 0))
            hold.stdin.write('\n')
            hold.stdin.flush()
            self.assertEqual(hold.stdout.readline(), 'reset=100\n', 'none hangs')
            self.assertEqual(hold.stdout.readline(), '299=100\n', 'they come back stolen')
            # At the end of stealing, keep-alive connections that it took go on to the service.
            ctl.finish()
            hold.stdin.write('\n')
            hold.stdin.flush()
            last = hold.stdout.readline()
            self.assertNotIn('hangs', last)
            self.assertEqual(last, '200=100\n')


if __name__ == '__main__':
    lab.main()
