# SPDX-License-Identifier: Apache-2.0
"""What the tests of TLS that ends at the agent begin with: a service with certificates (nginx), curl with the CA in
front, the real agent and podglassctl between."""
import hashlib
import http.server
import os
import subprocess
import sys
import threading
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'proof'))
from lab import AGENT, CTL, HERE, Lab, POD4, inside, main, run, until  # noqa: E402

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


class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 128  # With Python's 5, a hundred at once wait for retransmissions longer than the caller.


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


class TlsTest(unittest.TestCase):
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
        self.lab.start('python3', '-c', 'import sys; sys.path.insert(0, %r); sys.path.insert(0, %r); import tls_rig;'
                       'tls_rig.Server(("127.0.0.1", 9000), tls_rig.Sums).serve_forever()'
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
        server = Server(('127.0.0.1', 0), Sums)
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


def run_if_built():
    if not os.access(TLS_AGENT, os.X_OK) or not CTL:
        print('SKIP-ALL: podglass-agent-tls is not built')
        sys.exit(0)
    main()
