# SPDX-License-Identifier: Apache-2.0
"""TLS that cannot be ended at the agent goes on untouched and is counted; keys and agents that cannot are refused in
words."""
import os
import pty
import shutil
import signal
import ssl
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'proof'))
from lab import AGENT, CTL, POD4, children, inside, memory, run, until  # noqa: E402
from tls_rig import MINE, TLS_AGENT, TlsTest, openssl, run_if_built  # noqa: E402


class TlsUntouched(TlsTest):
    def test_callers_that_break_off(self):
        ctl = self.steal()
        outgoing = ssl.MemoryBIO()
        context = ssl.create_default_context()
        client = context.wrap_bio(ssl.MemoryBIO(), outgoing, server_hostname='shop.test')
        with self.assertRaises(ssl.SSLWantReadError):
            client.do_handshake()
        hello = outgoing.read()
        ask = '''import socket, struct, sys
hello = bytes.fromhex(sys.argv[1])
for bytes_sent in (1, 5, 100, len(hello)):
    for reset in (False, True):
        s = socket.create_connection((%r, 8443), 10)
        s.sendall(hello[:bytes_sent])
        if bytes_sent == len(hello): s.recv(5)
        if reset: s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        s.close()''' % POD4
        for _ in range(5):
            self.assertEqual(run(*inside(self.lab.caller, 'python3', '-c', ask, hello.hex())).returncode, 0)
        # And who does not trust the certificate says so by an alert.
        self.curl('/x', '--cacert', self.path('other.crt'), status=60)
        self.assertEqual(self.curl('/x'), b'theirs')
        counts = self.counted(ctl, failed=11, terminated=1)
        until(lambda: self.tls_of(ctl)['under_way'] == 0, what='no handshake left')
        self.assertEqual(counts['untouched'], 0)
        until(lambda: run(*inside(self.lab.pod, 'ss', '-tnH', 'state', 'established', 'dport = :8443')).stdout == '',
              what='the service to be left alone')

    def test_too_many_handshakes_go_on_untouched(self):
        """512 callers that stand still in mid-handshake; the next is passed on as it is. After 10 s they are gone."""
        ctl = self.steal()
        outgoing = ssl.MemoryBIO()
        client = ssl.create_default_context().wrap_bio(ssl.MemoryBIO(), outgoing, server_hostname='shop.test')
        with self.assertRaises(ssl.SSLWantReadError):
            client.do_handshake()
        ask = '''import socket, sys
hello, callers = bytes.fromhex(sys.argv[1]), []
for _ in range(512):
    callers.append(socket.create_connection((%r, 8443), 10)); callers[-1].sendall(hello)
for each in callers: each.recv(5)
print("there", flush=True)
for each in callers:
    try:
        while each.recv(4096): pass
    except ConnectionResetError: pass
print("gone", flush=True)''' % POD4
        callers = self.lab.start('python3', '-c', ask, outgoing.read().hex(), where=self.lab.caller,
                                 stdout=subprocess.PIPE, text=True)
        self.addCleanup(callers.child.stdout.close)
        self.assertEqual(callers.child.stdout.readline(), 'there\n')
        self.assertEqual(self.curl('/x', '-H', 'x-me: 1'), b'theirs')
        self.assertIn('512 TLS handshakes', self.counted(ctl, untouched=1, under_way=512)['problem'])
        worker = children(ctl.agent())[0]
        print('512 handshakes under way: %.1f MiB anonymous' % (memory(worker) / 2**20))
        self.assertLess(memory(worker), 128 << 20)
        self.assertEqual(callers.child.stdout.readline(), 'gone\n')
        self.assertEqual(self.counted(ctl, failed=512)['under_way'], 0)
        self.assertEqual(self.curl('/mine'), b'mine /mine')

    def test_another_key_goes_on_untouched(self):
        ctl = self.steal(pair='other')
        for http in ('--http1.1', '--http2'):
            self.assertEqual(self.curl('/mine', http, status=22, *('-f',)), b'')  # nginx has no such file
            self.assertEqual(self.curl('/x', http), b'theirs')
        counts = self.counted(ctl, untouched=4)
        self.assertIn('another key', counts['problem'])
        self.assertEqual(ctl.of('tls-terminated'), [])
        until(lambda: any(event.get('protocol') == 'tls' for event in ctl.of('protocol')), what='the connection as TLS')

    def test_client_certificates_go_on_untouched(self):
        ctl = self.steal(port='8444')
        got = self.curl('/', '--cert', self.path('ana.crt'), '--key', self.path('ana.key'), port=8444)
        self.assertEqual(got, b'you are CN=ana.test\n')
        self.assertIn('certificates of their own', self.counted(ctl, untouched=1)['problem'])

    def test_a_key_that_does_not_belong_is_refused(self):
        for certificate, key, words in (('shop.crt', 'other.key', 'does not belong to the certificate'),
                                        ('shop.key', 'shop.key', 'holds no certificate'),
                                        ('shop.crt', 'shop.crt', 'holds no private key'),
                                        ('shop.crt', 'nothing', 'No such file')):
            said = run(CTL, 'attach', 'local/netns/' + self.lab.pod, '--agent', TLS_AGENT, '--port', '8443', *MINE,
                       '--answer', '200', '--tls-cert', self.path(certificate), '--tls-key', self.path(key))
            self.assertEqual(said.returncode, 1)
            self.assertIn(words, said.stderr)
        self.assertNotIn('podglass', self.lab.rules())

    def test_an_encrypted_key_asks_for_its_passphrase(self):
        openssl(self.folder, 'rsa', '-aes256', '-passout', 'pass:open sesame', '-in', 'shop.key', '-out', 'locked.key')
        command = [CTL, 'attach', 'local/netns/' + self.lab.pod, '--agent', TLS_AGENT, '--port', '8443', *MINE,
                   '--answer', '200', '--tls-cert', self.path('shop.crt'), '--tls-key', self.path('locked.key')]
        for passphrase, wanted in (('wrong', 'does not open the private key'), ('open sesame', '"mode":"steal"')):
            ours, theirs = pty.openpty()
            child = subprocess.Popen(command, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            os.close(theirs)
            said = b''
            while b'> ' not in said:
                part = child.stdout.read(1)
                self.assertTrue(part, said)
                said += part
            self.assertIn(b'Passphrase of', said)
            os.write(ours, passphrase.encode() + b'\n')
            while wanted.encode() not in said:
                part = child.stdout.read(1)
                self.assertTrue(part, said)
                said += part
            if child.poll() is None:
                child.send_signal(signal.SIGINT)
            said += child.stdout.read()
            child.wait(20)
            child.stdout.close()
            os.close(ours)
            self.assertNotIn(b'sesame', said)

    def test_an_agent_that_cannot_is_replaced(self):
        ctl = self.steal(agent=AGENT)
        self.assertIn('larger agent', ctl.said())
        self.assertEqual(self.curl('/mine'), b'mine /mine')
        self.assertEqual(self.curl('/x'), b'theirs')

    def test_without_one_that_can_the_steal_is_refused(self):
        alone = self.path('podglass-agent')
        shutil.copy(AGENT, alone)
        ctl = self.lab.ctl(*MINE, '--answer', '200', '--tls-cert', self.path('shop.crt'), '--tls-key',
                           self.path('shop.key'), port='8443', agent=alone)
        ctl.child.wait(30)
        self.assertIn('cannot end TLS', ctl.said())
        self.assertEqual(ctl.child.returncode, 1)
        self.assertEqual(self.curl('/x'), b'theirs')

    def test_what_is_no_tls_is_as_without_us(self):
        ask = '''import socket
s = socket.create_connection((%r, 8443), 10)
s.sendall(b"GET /x HTTP/1.1\\r\\nhost: shop.test\\r\\n\\r\\n")
got = b""
while part := s.recv(999): got += part
print(got.split(b"\\r\\nDate")[0], got[-100:])''' % POD4
        said = run(*inside(self.lab.caller, 'python3', '-c', ask))
        before = said.stdout
        self.assertIn('400 Bad Request', before, said.stderr)
        self.steal()
        self.assertEqual(run(*inside(self.lab.caller, 'python3', '-c', ask)).stdout, before)


if __name__ == '__main__':
    run_if_built()
