# SPDX-License-Identifier: Apache-2.0
"""TLS that ends at the agent, on real parts: both versions and protocols, whole bodies, many at once, ends of
connections, a key that is nowhere, a killed agent, a taker by TLS."""
import hashlib
import os
import re
import signal
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'proof'))
from lab import POD4, children, free_port, inside, memory, run, until  # noqa: E402
from tls_rig import TlsTest, run_if_built  # noqa: E402


class TlsPath(TlsTest):
    def test_both_versions_and_protocols_are_read(self):
        ctl = self.steal()
        for version, name in (('1.2', 'TLSv1.2'), ('1.3', 'TLSv1.3')):
            for http, said in (('--http1.1', 'HTTP/1.1'), ('--http2', 'HTTP/2.0')):
                options = ('--tlsv' + version, '--tls-max', version, http)
                self.assertEqual(self.curl('/x', *options), b'theirs')
                # Name and protocol reach the service; how new its TLS is, is between it and the agent.
                self.assertEqual(self.curl('/who', *options), ('shop.test TLSv1.3 %s\n' % said).encode())
                self.assertEqual(self.curl('/mine', *options), b'mine /mine')
                self.assertEqual(self.curl('/x', '-H', 'x-me: 1', *options, '-w', ' %{http_version}'),
                                 b'mine /x ' + (b'2' if '2' in http else b'1.1'))
        self.assertEqual(self.curl('/x', '--no-alpn'), b'theirs')
        until(lambda: len(ctl.of('tls-terminated')) == 17, what='17 connections')
        marks = ctl.of('tls-terminated')
        self.assertEqual({mark['version'] for mark in marks}, {0x0303, 0x0304})
        self.assertEqual({mark['protocol'] for mark in marks}, {'h2', 'http/1.1', ''})
        self.assertEqual({mark['server_name'] for mark in marks}, {'shop.test'})
        until(lambda: len(ctl.of('decision')) == 17, what='17 decisions')
        self.assertEqual([each['decision'] for each in ctl.of('decision')].count('stolen'), 8)
        self.assertEqual(self.counted(ctl, terminated=17)['untouched'], 0)
        self.assertIn('shop.test', self.tls_of(ctl)['certificate'])

    def test_bodies_are_whole(self):
        self.steal()
        body = os.urandom(8_000_000)
        with open(self.path('up'), 'wb') as file:
            file.write(body)
        wanted = hashlib.sha256(body).hexdigest().encode()
        for http in ('--http1.1', '--http2'):
            self.assertEqual(self.curl('/big', http), self.big)
            self.assertEqual(self.curl('/sum', http, '--data-binary', '@' + self.path('up')), wanted)
            self.assertEqual(self.curl('/mine', http, '--data-binary', '@' + self.path('up')), wanted)

    def test_a_hundred_at_once(self):
        ctl = self.steal()
        ask = '''import socket, ssl, sys, threading
context = ssl.create_default_context(cafile=%r)
start, got = threading.Barrier(100, timeout=60), []
def tell(failed):
    print(failed.exc_type.__name__, failed.exc_value, file=sys.stderr)
    start.abort()  # or the others would wait for it
threading.excepthook = tell
def one(number):
    raw = socket.create_connection((%r, 8443), 20)
    start.wait()
    with context.wrap_socket(raw, server_hostname="shop.test") as tls:
        for path, wanted in (("/x", b"theirs"), ("/mine%%d" %% number, b"mine /mine%%d" %% number)):
            tls.sendall(b"GET %%s HTTP/1.1\\r\\nhost: shop.test\\r\\n\\r\\n" %% path.encode())
            answer = b""
            while not answer.endswith(b"\\r\\n\\r\\n" + wanted):
                part = tls.recv(4096)
                if not part: raise EOFError(answer)
                answer += part
        start.wait()  # all of them are open at once
        got.append(number)
threads = [threading.Thread(target=one, args=(each,)) for each in range(100)]
[each.start() for each in threads]; [each.join() for each in threads]
print(len(got))''' % (self.path('ca.crt'), POD4)
        said = run(*inside(self.lab.caller, 'python3', '-c', ask))
        self.assertEqual(said.stdout.strip(), '100', said.stderr)
        counts = self.counted(ctl, terminated=100)
        self.assertEqual((counts['untouched'], counts['failed']), (0, 0))

    def test_an_end_is_the_kind_of_end_it_was(self):
        """close_notify stays close_notify, FIN alone stays FIN alone, both ways."""
        # By hand, since Python 3.11.2 takes FIN alone for the other end's close_notify.
        tools = '''
import socket, ssl
class Tls:
    def __init__(self, context, raw, **how):
        self.raw, self.came, self.goes = raw, ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self.came, self.goes, **how)
        self.done(lambda: self.tls.do_handshake() or b"")
    def send(self):
        data = self.goes.read()
        if data: self.raw.sendall(data)
    def done(self, act):
        while True:
            try: value = act()
            except ssl.SSLWantReadError: value = None
            except ssl.SSLZeroReturnError: value = b"clean"
            self.send()
            if value is not None: return value
            part = self.raw.recv(1 << 16)
            if not part: return b"cut"
            self.came.write(part)
    def say(self, word):
        self.tls.write(word)
        self.send()
    def read(self):
        return (self.done(lambda: self.tls.read(99)) or b"clean").decode()
    def bye(self):
        try: self.tls.unwrap()
        except (ssl.SSLWantReadError, ssl.SSLZeroReturnError): pass
        self.send()
    def leave(self):
        self.raw.shutdown(socket.SHUT_WR)
'''
        serve = tools + '''
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER); context.load_cert_chain(%r, %r)
listener = socket.create_server(("0.0.0.0", 8446)); print("up", flush=True)
while True:
    with listener.accept()[0] as raw:
        raw.settimeout(10)
        try:
            tls = Tls(context, raw, server_side=True)
            said = tls.read()
        except OSError: continue # the agent's test of itself
        if said in ("clean", "cut"): continue
        if said == "bye": tls.bye(); end = "said bye"
        elif said == "leave": tls.leave(); end = "left"
        else: end = tls.read()
        if end == "clean": tls.bye()
        print(said, end, flush=True)
        tls.read()''' % (self.path('shop.crt'), self.path('shop.key'))
        server = self.lab.start('python3', '-c', serve, where=self.lab.pod, stdout=subprocess.PIPE, text=True)
        self.addCleanup(server.child.stdout.close)
        self.assertEqual(server.child.stdout.readline(), 'up\n')
        ask = tools + '''
context = ssl.create_default_context(cafile=%r)
for how in ("polite", "rude", "bye", "leave"):
    with socket.create_connection((%r, 8446), 10) as raw:
        tls = Tls(context, raw, server_hostname="shop.test")
        tls.say(how.encode())
        if how == "polite": tls.bye()
        if how == "rude": tls.leave()
        end = tls.read()
        if how == "bye": tls.bye()
        print(how, end)''' % (self.path('ca.crt'), POD4)
        for stolen in (False, True):
            if stolen:
                self.steal(port='8446')
            said = run(*inside(self.lab.caller, 'python3', '-c', ask))
            self.assertEqual(said.stdout, 'polite clean\nrude cut\nbye clean\nleave cut\n', said.stderr)
            self.assertEqual([server.child.stdout.readline() for _ in range(4)],
                             ['polite clean\n', 'rude cut\n', 'bye said bye\n', 'leave left\n'], stolen)

    def test_the_key_is_nowhere(self):
        ctl = self.steal()
        self.assertEqual(self.curl('/mine'), b'mine /mine')
        with open(self.path('shop.key')) as file:
            lines = file.read().split('\n')
        secret = lines[len(lines) // 2].encode()
        agent = ctl.agent()
        worker = children(agent)[0]
        for process in (agent, worker, ctl.child.pid):
            for name in ('cmdline', 'environ'):
                with open('/proc/%d/%s' % (process, name), 'rb') as file:
                    self.assertNotIn(secret, file.read())
        self.assertNotIn(secret.decode(), ctl.said())
        # Nor does its text stay in memory: what is left is what OpenSSL needs, in locked pages.
        found = []
        with open('/proc/%d/maps' % worker) as maps, open('/proc/%d/mem' % worker, 'rb', buffering=0) as memory:
            for line in maps:
                first, last = (int(word, 16) for word in line.split()[0].split('-'))
                if 'r' not in line.split()[1] or '[v' in line:
                    continue
                try:
                    memory.seek(first)
                    content = memory.read(last - first)
                except OSError:
                    continue
                if secret in content:
                    found.append(line)
        self.assertEqual(found, [])
        with open('/proc/%d/status' % worker) as file:
            status = file.read()
        self.assertGreater(int(re.search(r'VmLck:\s+(\d+)', status).group(1)), 0)
        self.assertIn('Seccomp:\t2', status)
        self.assertIn('CapEff:\t0000000000000000', status)

    def test_a_killed_agent_leaves_nothing(self):
        for which in ('worker', 'agent'):
            ctl = self.steal()
            self.assertEqual(self.curl('/mine'), b'mine /mine')
            os.kill(children(ctl.agent())[0] if which == 'worker' else ctl.agent(), signal.SIGKILL)
            until(lambda: 'redirect' not in self.lab.rules(), what='no rule')
            self.assertEqual(self.curl('/x'), b'theirs')
            ctl.stop(signal.SIGKILL)

    def test_taker_by_tls(self):
        port = free_port()
        text = '''daemon off; worker_processes 1; pid {folder}/mine.pid; error_log {folder}/mine.log;
events {{ worker_connections 400; }}
http {{ access_log off; client_body_temp_path {folder}/mb; default_type text/plain;
  proxy_temp_path {folder}/m1; fastcgi_temp_path {folder}/m2; uwsgi_temp_path {folder}/m3; scgi_temp_path {folder}/m4;
  server {{ listen 127.0.0.1:{port} ssl http2; ssl_protocols TLSv1.2 TLSv1.3;
    ssl_certificate {folder}/other.crt;
    ssl_certificate_key {folder}/other.key;
    location / {{ return 200 "mine by $ssl_protocol $server_protocol $ssl_server_name $request_uri\\n"; }} }} }}
'''
        self.start_nginx(text.replace('{port}', str(port)), None, port=port, name='mine')
        to = ('--to', '127.0.0.1:%d' % port)
        ctl = self.steal(to=(*to, '--to-tls'))
        for http, said in (('--http1.1', 'HTTP/1.1'), ('--http2', 'HTTP/2.0')):
            self.assertEqual(self.curl('/mine', http), ('mine by TLSv1.3 %s  /mine\n' % said).encode())
        ctl.stop()
        ctl = self.steal(to=(*to, '--to-name', 'other.test', '--to-ca', self.path('ca.crt'), '--to-http1'))
        self.assertEqual(self.curl('/mine', '--http2'), b'mine by TLSv1.3 HTTP/1.1 other.test /mine\n')
        ctl.stop()
        # Somebody else's certificate is no answer, and the caller reads why.
        ctl = self.steal(to=(*to, '--to-name', 'shop.test', '--to-ca', self.path('ca.crt')))
        self.assertIn(b'certificate: hostname mismatch', self.curl('/mine'))
        ctl.stop()
        self.steal(to=(*to, '--to-ca', self.path('ana.crt')))
        self.assertIn(b'its certificate: ', self.curl('/mine'))


if __name__ == '__main__':
    run_if_built()
