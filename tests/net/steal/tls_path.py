# SPDX-License-Identifier: Apache-2.0
"""TLS that ends at the agent, on real parts: nginx with certificates behind, curl and OpenSSL in front, the real
agent and podglassctl between. What cannot be ended goes on untouched, and is counted."""
import hashlib
import http.server
import os
import pty
import re
import shutil
import signal
import ssl
import subprocess
import sys
import threading
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'proof'))
from lab import AGENT, CTL, HERE, POD4, Lab, children, free_port, inside, main, memory, run, until  # noqa: E402

TLS_AGENT = AGENT + '-tls'
MINE = ('--mode', 'steal', '--filter-text', 'header "x-me" is "1" or path starts with "/mine"')

NGINX = '''daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 4000; }}
http {{
  access_log off; client_max_body_size 64m; client_body_temp_path {folder}/body; default_type text/plain;
  proxy_temp_path {folder}/t1; fastcgi_temp_path {folder}/t2; uwsgi_temp_path {folder}/t3; scgi_temp_path {folder}/t4;
  ssl_certificate {folder}/shop.crt; ssl_certificate_key {folder}/shop.key; root {folder}/www;
  server {{ listen 8443 ssl http2; server_name shop.test; ssl_protocols TLSv1.2 TLSv1.3;
    location /sum {{ proxy_pass http://127.0.0.1:9000; proxy_request_buffering off; }}
    location = /who {{ return 200 "$ssl_server_name $ssl_protocol $server_protocol\\n"; }} }}
  server {{ listen 8444 ssl; ssl_verify_client on; ssl_client_certificate {folder}/ca.crt;
    location / {{ return 200 "you are $ssl_client_s_dn\\n"; }} }}
}}
'''


class Sums(http.server.BaseHTTPRequestHandler):
    """Answers with the SHA-256 of what it was sent."""
    protocol_version = 'HTTP/1.1'

    def do_POST(self):
        digest = hashlib.sha256()
        if 'chunked' in self.headers.get('transfer-encoding', ''):
            while size := int(self.rfile.readline(), 16):
                digest.update(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
        else:
            digest.update(self.rfile.read(int(self.headers.get('content-length', 0))))
        self.answer(digest.hexdigest().encode())

    def do_GET(self):
        self.answer(b'mine %s' % self.path.encode())

    def answer(self, body):
        self.send_response(200)
        self.send_header('content-length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def openssl(folder, *command):
    subprocess.run(('openssl', *command), cwd=folder, check=True, capture_output=True)


def certificates(folder):
    """A CA; shop.test and another service signed by it; a client's."""
    openssl(folder, 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'ca.key', '-out', 'ca.crt', '-days', '2',
            '-subj', '/CN=lab CA')
    for name, kind in (('shop', ['rsa:2048']), ('other', ['rsa:2048']),
                       ('ana', ['ec', '-pkeyopt', 'ec_paramgen_curve:P-256'])):
        openssl(folder, 'req', '-newkey', *kind, '-nodes', '-keyout', name + '.key', '-out', name + '.csr', '-subj',
                '/CN=%s.test' % name)
        with open(os.path.join(folder, 'san'), 'w') as file:
            file.write('subjectAltName=DNS:%s.test,IP:127.0.0.1\n' % name)
        openssl(folder, 'x509', '-req', '-in', name + '.csr', '-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial',
                '-days', '2', '-out', name + '.crt', '-extfile', 'san')


class TlsPath(unittest.TestCase):
    def setUp(self):
        self.lab = Lab(nginx=False).__enter__()
        self.addCleanup(self.lab.__exit__)
        self.folder = self.lab.folder
        os.chmod(self.folder, 0o755)
        certificates(self.folder)
        os.makedirs(self.path('www'))
        self.big = os.urandom(3_000_000)
        for name, content in (('x', b'theirs'), ('big', self.big)):
            with open(self.path('www', name), 'wb') as file:
                file.write(content)
        self.start_nginx(NGINX, self.lab.pod)
        self.lab.start('python3', '-c', 'import sys; sys.path.insert(0, %r); sys.path.insert(0, %r); import tls_path;'
                       'tls_path.http.server.ThreadingHTTPServer(("127.0.0.1", 9000), tls_path.Sums).serve_forever()'
                       % (os.path.dirname(os.path.abspath(__file__)), HERE), where=self.lab.pod,
                       env={**os.environ, 'PODGLASSCTL': CTL, 'PODGLASS_AGENT': AGENT})
        self.listens(9000)

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def start_nginx(self, text, where, port=8443, name='nginx', **more):
        os.makedirs(self.path(name), exist_ok=True)
        config = self.path(name + '.conf')
        with open(config, 'w') as file:
            file.write(text.format(folder=self.folder, **more))
        self.lab.start('nginx', '-c', config, '-p', self.path(name), where=where, stderr=subprocess.DEVNULL)
        self.listens(port, where)

    def listens(self, port, where='pod'):
        where = self.lab.pod if where == 'pod' else where
        until(lambda: run(*inside(where, 'ss', '-ltnH', 'sport = :%d' % port)).stdout, what='port %d' % port)

    def taker(self):
        server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Sums)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        return '127.0.0.1:%d' % server.server_port

    def steal(self, *options, port='8443', agent=TLS_AGENT, pair='shop', to=None):
        tls = ('--tls-cert', self.path(pair + '.crt'), '--tls-key', self.path(pair + '.key')) if pair else ()
        to = to or ('--to', self.taker(), '--to-http1')
        ctl = self.lab.ctl(*MINE, *to, *tls, *options, port=port, agent=agent)
        ctl.ready()
        until(lambda: any(state['mode'] == 'steal' for state in ctl.states), what='steal: ' + ctl.said())
        return ctl

    def curl(self, path, *options, port=8443, status=0):
        got = subprocess.run(inside(self.lab.caller, 'curl', '-s', '-S', '-m', '30', '--cacert', self.path('ca.crt'),
                                    '--resolve', 'shop.test:%d:%s' % (port, POD4), *options,
                                    'https://shop.test:%d%s' % (port, path)), capture_output=True)
        self.assertEqual(got.returncode, status, got)
        return got.stdout

    def tls_of(self, ctl):
        """The last counts."""
        return ctl.of('tls')[-1] if ctl.of('tls') else {}

    def counted(self, ctl, **wanted):
        until(lambda: all(self.tls_of(ctl).get(name, -1) >= least for name, least in wanted.items()),
              what='%s in %s' % (wanted, self.tls_of(ctl)))
        return self.tls_of(ctl)

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
start, got = threading.Barrier(100), []
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
        self.curl('/x', '--cacert', '/etc/ssl/certs/ca-certificates.crt', status=60)
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

    def test_an_end_is_the_kind_of_end_it_was(self):
        """close_notify stays close_notify, FIN alone stays FIN alone, both ways."""
        # Once the other's close_notify was read, some versions of Python raise it again.
        unwrap = '''
def unwrap(tls):
    try: tls.unwrap()
    except ssl.SSLZeroReturnError: pass
'''
        serve = 'import socket, ssl' + unwrap + '''
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER); context.load_cert_chain(%r, %r)
listener = socket.create_server(("0.0.0.0", 8446)); print("up", flush=True)
while True:
    try: tls = context.wrap_socket(listener.accept()[0], server_side=True, suppress_ragged_eofs=False)
    except OSError: continue # the agent's test of itself
    tls.settimeout(10)
    said = tls.recv(99)
    if said == b"bye": tls.unwrap(); end = "said bye"
    elif said == b"leave": tls.shutdown(socket.SHUT_WR); end = "left"
    else:
        try: end = "clean" if tls.recv(99) == b"" else "more"
        except ssl.SSLEOFError: end = "cut"
        except OSError as error: end = str(error)
        if end == "clean": unwrap(tls)
    print(said.decode(), end, flush=True)
    tls.close()''' % (self.path('shop.crt'), self.path('shop.key'))
        server = self.lab.start('python3', '-c', serve, where=self.lab.pod, stdout=subprocess.PIPE, text=True)
        self.addCleanup(server.child.stdout.close)
        self.assertEqual(server.child.stdout.readline(), 'up\n')
        ask = 'import socket, ssl' + unwrap + '''
context = ssl.create_default_context(cafile=%r)
for how in ("polite", "rude", "bye", "leave"):
    raw = socket.create_connection((%r, 8446), 10)
    tls = context.wrap_socket(raw, server_hostname="shop.test", suppress_ragged_eofs=False)
    tls.sendall(how.encode())
    try:
        if how == "polite": end = "said" if tls.unwrap() else ""
        elif how == "rude": tls.shutdown(socket.SHUT_WR); end = "left"
        else: end = "clean" if tls.recv(9) == b"" else "more"
        if how == "bye": unwrap(tls)
    except ssl.SSLEOFError: end = "cut"
    except OSError as error: end = str(error)
    print(how, end)
    tls.close()''' % (self.path('ca.crt'), POD4)
        for stolen in (False, True):
            if stolen:
                self.steal(port='8446')
            said = run(*inside(self.lab.caller, 'python3', '-c', ask))
            self.assertEqual(said.stdout, 'polite said\nrude left\nbye clean\nleave cut\n', said.stderr)
            self.assertEqual([server.child.stdout.readline() for _ in range(4)],
                             ['polite clean\n', 'rude cut\n', 'bye said bye\n', 'leave left\n'], stolen)

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
    if not os.access(TLS_AGENT, os.X_OK) or not CTL:
        print('SKIP-ALL: podglass-agent-tls is not built')
        sys.exit(0)
    main()
