# SPDX-License-Identifier: Apache-2.0
"""HTTP/2 in the path on real parts: nghttpd behind, curl, nghttp and h2load in front, the real agent and
podglassctl between; taken streams answered by a second nghttpd, an HTTP/1 server, or a fixed answer."""
import hashlib
import http.server
import os
import re
import shutil
import subprocess
import sys
import threading
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'proof'))
from lab import CTL, POD4, Lab, free_port, inside, main, run, until  # noqa: E402

MINE = ('--mode', 'steal', '--filter-text', 'header "x-me" is "1" or query me exists')
URL = 'http://%s:8080' % POD4


class OneServer(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def answer(self):
        body = b'http/1 %s %s' % (self.command.encode(), self.path.encode())
        if 'chunked' in self.headers.get('transfer-encoding', ''):
            while True:
                size = int(self.rfile.readline(), 16)
                body += self.rfile.read(size)
                self.rfile.readline()
                if not size:
                    break
        else:
            body += self.rfile.read(int(self.headers.get('content-length', 0)))
        self.send_response(200)
        self.send_header('content-length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = answer

    def log_message(self, *_):
        pass


class Http2Path(unittest.TestCase):
    def setUp(self):
        self.lab = Lab(nginx=False).__enter__()
        self.addCleanup(self.lab.__exit__)
        for name in ('theirs', 'mine'):
            os.makedirs(os.path.join(self.lab.folder, name))
            for file, content in (('x', name.encode()), ('big', os.urandom(3_000_000))):
                with open(os.path.join(self.lab.folder, name, file), 'wb') as out:
                    out.write(content)
        self.nghttpd('theirs', 8080, where=self.lab.pod, status=0)

    def nghttpd(self, folder, port, where=None, status=7):
        log = open(os.path.join(self.lab.folder, folder + '.log'), 'wb')
        self.addCleanup(log.close)
        process = self.lab.start('nghttpd', '--no-tls', '-v', '-d', os.path.join(self.lab.folder, folder),
                                 '--echo-upload', '--trailer', 'grpc-status: %d' % status, str(port),
                                 where=where, stdout=log, stderr=subprocess.STDOUT)
        until(lambda: run(*inside(where, 'ss', '-ltnH', 'sport = :%d' % port)).stdout, what='nghttpd')
        return process

    def taken_by_nghttpd(self, *options):
        port = free_port()
        self.nghttpd('mine', port)
        return self.lab.ctl(*MINE, '--to', '127.0.0.1:%d' % port, *options).ready()

    def curl(self, path, *options):
        got = subprocess.run(inside(self.lab.caller, 'curl', '-s', '-m', '20', '--http2-prior-knowledge',
                                    *options, URL + path), capture_output=True)
        self.assertEqual(got.returncode, 0, got)
        return got.stdout

    def nghttp(self, path, *options):
        return run(*inside(self.lab.caller, 'nghttp', '-nv', *options, URL + path)).stdout

    def content(self, who, file):
        with open(os.path.join(self.lab.folder, who, file), 'rb') as read:
            return read.read()

    def test_streams_are_decided_one_by_one(self):
        ctl = self.taken_by_nghttpd()
        # One connection, three streams.
        got = self.nghttp('/x', URL + '/x?me', URL + '/x?2')
        self.assertEqual(re.findall(r'grpc-status: (.)', got).count('0'), 2, got)
        self.assertEqual(re.findall(r'grpc-status: (.)', got).count('7'), 1, got)
        self.assertEqual(self.curl('/big'), self.content('theirs', 'big'))
        self.assertEqual(self.curl('/big', '-H', 'x-me: 1'), self.content('mine', 'big'))
        # Trailers come through, each its own.
        self.assertIn('grpc-status: 0', self.nghttp('/x'))
        self.assertIn('grpc-status: 7', self.nghttp('/x', '-H', 'x-me: 1'))
        until(lambda: len(ctl.of('decision')) >= 7, what='seven decisions')
        requests = {event['exchange']: event for event in ctl.of('request')}
        for decision in ctl.of('decision'):
            fields = dict(tuple(pair) if isinstance(pair, list) else (pair['name'], pair['value'])
                          for pair in requests[decision['exchange']]['fields'])
            mine = 'x-me' in fields or '?me' in requests[decision['exchange']]['target']
            self.assertEqual(decision['decision'], 'stolen' if mine else 'passed-on', decision)

    def test_bodies_both_ways(self):
        self.taken_by_nghttpd()
        body = os.urandom(5_000_000)
        path = os.path.join(self.lab.folder, 'up')
        with open(path, 'wb') as file:
            file.write(body)
        wanted = hashlib.sha256(body).hexdigest()
        for options in ((), ('-H', 'x-me: 1')):
            got = self.curl('/up', '--data-binary', '@' + path, *options)
            self.assertEqual(hashlib.sha256(got).hexdigest(), wanted, options)

    def test_many_streams_at_once(self):
        self.taken_by_nghttpd()
        for options in ((), ('-H', 'x-me: 1')):
            said = run(*inside(self.lab.caller, 'h2load', '-n', '3000', '-c', '4', '-m', '20', *options,
                               URL + '/x')).stdout
            self.assertIn('3000 succeeded, 0 failed', said)
            self.assertIn('status codes: 3000 2xx', said)

    def test_http1_program_answers_http2(self):
        server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), OneServer)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        to = '127.0.0.1:%d' % server.server_port
        ctl = self.lab.ctl(*MINE, '--to', to, '--to-http1').ready()
        self.assertEqual(self.curl('/a', '-H', 'x-me: 1'), b'http/1 GET /a')
        self.assertEqual(self.curl('/b', '-H', 'x-me: 1', '-d', 'body'), b'http/1 POST /bbody')
        self.assertEqual(self.curl('/x'), b'theirs')
        ctl.stop()
        # Without translation the caller is told why there is no answer.
        self.lab.ctl(*MINE, '--to', to).ready()
        got = self.curl('/a', '-H', 'x-me: 1', '-w', '%{http_code}')
        self.assertTrue(got.endswith(b'502'), got)

    def test_fixed_answer(self):
        self.lab.ctl(*MINE, '--answer', '418', '--answer-header', 'x-made: here', '--answer-body', 'tea').ready()
        got = self.curl('/x', '-i', '-H', 'x-me: 1')
        self.assertTrue(got.startswith(b'HTTP/2 418'), got)
        self.assertIn(b'x-made: here\r\n', got)
        self.assertTrue(got.endswith(b'\r\n\r\ntea'), got)
        self.assertEqual(self.curl('/x', '-I', '-H', 'x-me: 1')[-4:], b'\r\n\r\n')

    def test_refused_taker(self):
        to = '127.0.0.1:%d' % free_port()
        ctl = self.lab.ctl(*MINE, '--to', to).ready()
        got = self.curl('/x', '-H', 'x-me: 1', '-w', '%{http_code}')
        self.assertIn(b'Connection refused', got)
        self.assertTrue(got.endswith(b'502'), got)
        ctl.stop()
        self.lab.ctl(*MINE, '--to', to, '--on-failure', 'pass-on').ready()
        self.assertEqual(self.curl('/x', '-H', 'x-me: 1'), b'theirs')
        self.assertEqual(self.curl('/e', '-H', 'x-me: 1', '-d', 'a body'), b'a body')

    def test_killed_taker_in_mid_body(self):
        port = free_port()
        mine = self.nghttpd('mine', port)
        self.lab.ctl(*MINE, '--to', '127.0.0.1:%d' % port).ready()
        slow = subprocess.Popen(inside(self.lab.caller, 'curl', '-s', '-m', '20', '--http2-prior-knowledge',
                                       '--limit-rate', '200k', '-H', 'x-me: 1', URL + '/big'),
                                stdout=subprocess.PIPE)
        self.addCleanup(slow.stdout.close)
        slow.stdout.read(100_000)
        mine.stop(9)
        slow.stdout.read()
        # The caller sees a broken stream, and other streams go on.
        self.assertNotEqual(slow.wait(20), 0)
        self.assertEqual(self.curl('/x'), b'theirs')

    def test_p1_upgrade_becomes_http2_with_filters(self):
        """A caller that begins with HTTP/1.1 and `Upgrade: h2c` is on HTTP/2 from then on (RFC 7540 3.2)."""
        lab = self.lab
        lab.processes[0].stop()
        os.makedirs(os.path.join(lab.folder, 'px'))
        lab.start('nghttpd', '--no-tls', '-d', os.path.join(lab.folder, 'theirs'), '--echo-upload', '--trailer',
                  'grpc-status: 0', '9000', where=lab.pod, stdout=subprocess.DEVNULL)
        lab.start('nghttpx', '--frontend=0.0.0.0,8080;no-tls', '--backend=127.0.0.1,9000;;proto=h2', '--workers=1',
                  '--errorlog-file=/dev/null', where=lab.pod, cwd=os.path.join(lab.folder, 'px'))
        for port in (8080, 9000):
            until(lambda: run(*inside(lab.pod, 'ss', '-ltnH', 'sport = :%d' % port)).stdout, what='port %d' % port)

        def nghttp(*paths):
            return run(*inside(lab.caller, 'nghttp', '-nuv', *(URL + path for path in paths))).stdout
        self.assertIn('HTTP Upgrade request', nghttp('/x'))
        ctl = self.taken_by_nghttpd()
        got = nghttp('/x', '/x?me', '/x?2', '/x?me=2')
        self.assertIn('HTTP Upgrade success', got)
        # Stream 1 and one more by the service, two by the taker.
        self.assertEqual(sorted(re.findall(r'grpc-status: (.)', got)), ['0', '0', '7', '7'], got)
        until(lambda: len(ctl.of('decision')) == 4, what='four decisions')
        self.assertEqual([event['decision'] for event in ctl.of('decision')].count('stolen'), 2)
        # Bodies are whole, on stream 1 and on others; curl upgrades too (it takes no large first answer).
        got = subprocess.run(inside(lab.caller, 'nghttp', '-u', URL + '/big'), capture_output=True).stdout
        self.assertEqual(got, self.content('theirs', 'big'))
        path = '--http2', '-s', '-m', '20'
        got = subprocess.run(inside(lab.caller, 'curl', *path, '-w', ' %{http_version}', URL + '/x', URL + '/big'),
                             capture_output=True).stdout
        self.assertEqual(got, b'theirs 2' + self.content('theirs', 'big') + b' 2')
        ctl.stop()
        # The first request itself may be somebody's: then it is that program's to upgrade or not.
        self.lab.ctl(*MINE, '--answer', '418', '--answer-body', 'tea').ready()
        got = subprocess.run(inside(lab.caller, 'curl', *path, '-H', 'x-me: 1', '-w', ' %{http_code} %{http_version}',
                                    URL + '/x'), capture_output=True).stdout
        self.assertEqual(got, b'tea 418 1.1')

    def test_service_of_http1_only_is_as_without_us(self):
        lab = self.lab
        lab.processes[0].stop()
        answers = '''import socket,sys
s=socket.create_server(("0.0.0.0",8080))
while True:
    c,_=s.accept()
    try:
        c.recv(999); c.sendall(b"HTTP/1.1 400 Bad Request\\r\\ncontent-length: 2\\r\\nconnection: close\\r\\n\\r\\nno")
        c.shutdown(1)
        while c.recv(999): pass
    except OSError: pass
    c.close()'''
        lab.start('python3', '-c', answers, where=lab.pod)
        until(lambda: run(*inside(lab.pod, 'ss', '-ltnH', 'sport = :8080')).stdout, what='the server')
        ask = '''import socket
s=socket.create_connection(("%s",8080),10); s.settimeout(10)
s.sendall(b"PRI * HTTP/2.0\\r\\n\\r\\nSM\\r\\n\\r\\n" + bytes([0,0,0,4,0,0,0,0,0])); s.shutdown(1)
got=b""
while part := s.recv(999): got += part
print(got)''' % POD4
        before = run(*inside(lab.caller, 'python3', '-c', ask))
        self.assertIn('400 Bad Request', before.stdout)
        self.lab.ctl(*MINE, '--answer', '200').ready()
        after = run(*inside(lab.caller, 'python3', '-c', ask))
        self.assertEqual((before.returncode, before.stdout), (after.returncode, after.stdout))


if __name__ == '__main__':
    if not shutil.which('nghttpd', path=os.environ['PATH'] + ':/usr/sbin') or not CTL:
        print('SKIP-ALL: nghttp2-server is not installed')
        sys.exit(0)
    main()
