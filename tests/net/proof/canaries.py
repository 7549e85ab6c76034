# SPDX-License-Identifier: Apache-2.0
"""Secrets are planted in everything that has one, every road is walked, and nothing of them is found where it does
not belong (S2, S7, S8, S14): not in the arguments or the environment of any process, looked at without a pause, not
in what podglassctl and the window say, keep or print, not in what sshd logs, not in what is asked of a cluster.

Roads: this machine; SSH by a key with a passphrase, then a password, then sudo with a third one; a listening agent
with a secret; a cluster by token, through a proxy that wants credentials (the real kubectl, an API server of our own;
with KUBECONFIG and PODGLASS_RIG=1 the real cluster too, by a service account's token). The window, offscreen."""
import base64
import http.server
import json
import os
import pty
import random
import re
import shutil
import signal
import socket
import string
import subprocess
import sys
import threading
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'kubernetes'))

import fake_api
import lab

WINDOW = os.environ.get('PODGLASS', '')
USER = 'pgcanary'


def made_up(length=24):
    return 'cny' + ''.join(random.SystemRandom().choice(string.ascii_letters + string.digits) for _ in range(length))


class Canaries(dict):
    NAMES = ('ssh password', 'key passphrase', 'sudo password', 'private key', 'session secret', 'kubeconfig token',
             'proxy password', 'Authorization', 'Cookie', 'Set-Cookie', 'Proxy-Authorization', 'X-Api-Key')

    def __init__(self):
        super().__init__((name, made_up()) for name in self.NAMES)

    def within(self, data):
        """Names of those that are in it, plain or as base64 of themselves."""
        return [name for name, value in self.items()
                if value.encode() in data or base64.b64encode(value.encode())[:-4] in data]


class Watch(threading.Thread):
    """Looks at the arguments and environments of all processes, over and over."""

    def __init__(self, canaries):
        super().__init__(daemon=True)
        self.canaries, self.found, self.rounds, self.ended = canaries, set(), 0, threading.Event()

    def run(self):
        while not self.ended.is_set():
            self.look()

    def look(self):
        for pid in filter(str.isdigit, os.listdir('/proc')):
            for name in ('cmdline', 'environ'):
                try:
                    with open('/proc/%s/%s' % (pid, name), 'rb') as file:
                        data = file.read()
                except OSError:
                    continue
                for canary in self.canaries.within(data):
                    self.found.add('%s in %s of %s' % (canary, name, data.split(b'\0')[0][:60]))
        self.rounds += 1


class Service(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    canaries = {}

    def log_message(self, *_):
        pass

    def do_GET(self):
        self.send_response(200)
        self.send_header('Set-Cookie', 'session=' + self.canaries['Set-Cookie'])
        self.send_header('Content-Length', '2')
        self.end_headers()
        self.wfile.write(b'ok')


class Proxy(http.server.BaseHTTPRequestHandler):
    """What a company has in between; asks for a password and carries bytes to the one server there is."""
    password, used = '', 0

    def log_message(self, *_):
        pass

    def do_CONNECT(self):
        given = self.headers.get('Proxy-Authorization', '')
        if given != 'Basic ' + base64.b64encode(b'ana:' + self.password.encode()).decode():
            self.send_error(407)
            return
        type(self).used += 1
        host, port = self.path.rsplit(':', 1)
        server = socket.create_connection((host, int(port)))
        self.send_response(200)
        self.end_headers()

        def carry(read, write):
            try:
                while True:
                    data = read(65536)
                    if not data:
                        break
                    write.sendall(data)
                write.shutdown(socket.SHUT_WR)
            except OSError:
                pass
        back = threading.Thread(target=carry, args=(server.recv, self.connection), daemon=True)
        back.start()
        carry(self.rfile.read1, server)
        back.join()
        self.close_connection = True


class Host:
    """A real sshd in a mount namespace with a user of its own, a password of hers and one of root's for sudo."""

    def __init__(self, rig, canaries):
        self.folder, self.port = rig.folder + '/host', lab.free_port()
        os.makedirs(self.folder + '/home')
        os.chmod(self.folder, 0o755)
        os.makedirs('/run/sshd', exist_ok=True)
        for key, phrase in (('host', ''), ('user', canaries['key passphrase'])):
            # The passphrase would be an argument of ssh-keygen: it makes the key before anybody looks.
            lab.run('ssh-keygen', '-q', '-t', 'ed25519', '-N', phrase, '-C', '', '-f', self.path(key), check=True)
        for key in ('host', 'user'):
            os.chmod(self.path(key + '.pub'), 0o644)
        hashes = [lab.run('openssl', 'passwd', '-6', '-stdin', input=canaries[name]).stdout.strip()
                  for name in ('ssh password', 'sudo password')]
        self.copy('passwd', '%s:x:47111:47111::%s:/bin/sh\n' % (USER, self.path('home')), 0o644)
        self.copy('group', '%s:x:47111:\n' % USER, 0o644)
        with open('/etc/shadow') as file:
            others = [line for line in file if not line.startswith('root:')]
        self.write('shadow', 'root:%s:19000:0:99999:7:::\n' % hashes[1] + ''.join(others)
                   + '%s:%s:19000:0:99999:7:::\n' % (USER, hashes[0]), 0o600)
        self.write('sudoers', 'Defaults env_reset, use_pty, rootpw\n%s ALL=(ALL:ALL) ALL\n' % USER, 0o440)
        lab.run('chown', '-R', '47111:47111', self.path('home'))
        self.write('sshd_config', 'Port %d\nListenAddress 127.0.0.1\nHostKey %s\nAuthorizedKeysFile %s\nPidFile none\n'
                   'StrictModes no\nLogLevel DEBUG3\nUsePAM yes\nPasswordAuthentication yes\n'
                   'AuthenticationMethods publickey,password\n' % (self.port, self.path('host'), self.path('user.pub')), 0o600)
        with open(self.path('host.pub')) as file:
            self.write('known', '[127.0.0.1]:%d %s' % (self.port, file.read()), 0o600)
        self.write('ssh_config', 'Host *\nIdentityFile %s\nIdentitiesOnly yes\nUserKnownHostsFile %s\n'
                   % (self.path('user'), self.path('known')), 0o600)
        mounts = ' && '.join('mount --bind %s /etc/%s' % (self.path(name), name) for name in ('passwd', 'group', 'shadow', 'sudoers'))
        self.log = open(self.path('sshd.log'), 'wb')  # closed by nothing_found()
        rig.start('unshare', '-m', 'sh', '-c', mounts + ' && exec /usr/sbin/sshd -D -e -f ' + self.path('sshd_config'), stderr=self.log)
        lab.until(lambda: lab.run('ssh-keyscan', '-p', str(self.port), '127.0.0.1').stdout, what='sshd')

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text, mode):
        with open(self.path(name), 'w') as file:
            file.write(text)
        os.chmod(self.path(name), mode)

    def copy(self, name, more, mode):
        with open('/etc/' + name) as file:
            self.write(name, file.read() + more, mode)


class Told:
    """podglassctl with a terminal, where its questions are answered by hand."""

    def __init__(self, rig, name, answers, *options):
        self.said_in, self.printed_in = rig.folder + '/said-' + name, rig.folder + '/printed-' + name
        self.master, slave = pty.openpty()
        with open(self.said_in, 'wb') as said, open(self.printed_in, 'wb') as printed:
            self.process = lab.Process([lab.CTL, *options], stdin=slave, stdout=printed, stderr=said)
        os.close(slave)
        rig.processes.append(self.process)
        for question, answer in answers:
            lab.until(lambda: question in self.said(), what=question + '; it said: ' + self.said())
            os.write(self.master, answer.encode() + b'\n')

    def said(self):
        with open(self.said_in, errors='replace') as file:
            return file.read()

    def printed(self):
        with open(self.printed_in, errors='replace') as file:
            return file.read()


class Secrets(unittest.TestCase):

    def setUp(self):
        self.canaries = Canaries()
        self.rig = lab.Lab(nginx=False)
        self.addCleanup(self.rig.__exit__)
        self.rig.__enter__()
        os.chmod(self.rig.folder, 0o755)
        self.planted = os.path.join(self.rig.folder, 'planted')  # files that hold a secret by right
        os.makedirs(self.planted, 0o700)
        for name in ('config', 'state', 'data', 'cache', 'runtime'):
            path = os.path.join(self.rig.folder, 'xdg', name)
            os.makedirs(path, 0o700)
            os.environ['XDG_%s_%s' % (name.upper(), 'DIR' if name == 'runtime' else 'HOME')] = path
        self.start_service()
        self.host = Host(self.rig, self.canaries)
        self.canaries['private key'] = self.private_key()
        self.watch = Watch(self.canaries)
        self.watch.start()

    def private_key(self):
        """A line of the key's file as it is while unlocked nowhere but in podglass-ssh."""
        with open(self.host.path('user')) as file:
            return file.read().splitlines()[3]

    def start_service(self):
        Service.canaries = self.canaries
        script = ('import sys; sys.path.insert(0, %r); import canaries, http.server, json\n'
                  'canaries.Service.canaries = json.load(open(%r))\n'
                  'http.server.ThreadingHTTPServer(("0.0.0.0", 8080), canaries.Service).serve_forever()\n'
                  % (lab.HERE, self.planted + '/canaries'))
        with open(self.planted + '/canaries', 'w') as file:
            json.dump(self.canaries, file)
        self.rig.start(sys.executable, '-B', '-c', script, where=self.rig.pod)
        # Not by curl's arguments.
        self.caller = ('import socket, json, sys\nc = json.load(open(%r))\n'
                       's = socket.create_connection((%r, 8080), 5)\n'
                       's.sendall(("GET " + sys.argv[1] + " HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\n" + "".join("%%s: %%s\\r\\n" %% (n, c[n]) '
                       'for n in ("Authorization", "Cookie", "Proxy-Authorization", "X-Api-Key")) + "\\r\\n").encode())\n'
                       'sys.exit(0 if b"ok" in b"".join(iter(lambda: s.recv(4096), b"")) else 1)\n'
                       % (self.planted + '/canaries', lab.POD4))
        lab.until(lambda: self.ask('/ready').returncode == 0, what='the service')

    def ask(self, path):
        return lab.run(*lab.inside(self.rig.caller, sys.executable, '-c', self.caller, path))

    def shown(self, client, path):
        """A request with all that is secret in it is shown, and nothing of that is."""
        def there():
            self.ask(path)
            return path in client.printed() and '"response"' in client.printed()
        lab.until(there, what=path + '; it said: ' + client.said()[-1500:])
        client.process.stop(signal.SIGINT)

    def nothing_found(self):
        self.watch.ended.set()
        self.watch.join(30)
        self.assertGreater(self.watch.rounds, 5)
        self.assertEqual(self.watch.found, set())
        self.host.log.close()
        looked = 0
        by_right = (self.planted, self.host.path('user'), self.host.path('shadow'))
        for folder, _, files in os.walk(self.rig.folder):
            for name in files:
                path = os.path.join(folder, name)
                if path.startswith(by_right) or not os.path.isfile(path):
                    continue
                with open(path, 'rb') as file:
                    found = self.canaries.within(file.read())
                self.assertEqual(found, [], path)
                looked += 1
        self.assertGreater(os.path.getsize(self.host.path('sshd.log')), 1000)
        print('%d rounds over all processes, %d files' % (self.watch.rounds, looked))

    # -- the roads ---------------------------------------------------------------------------------
    def test_this_machine_and_the_window(self):
        self.shown(Told(self.rig, 'local', (), 'attach', 'local/netns/' + self.rig.pod, '--port', '8080', '--agent', lab.AGENT), '/local')
        if os.access(WINDOW, os.X_OK):
            with open(self.rig.folder + '/window.log', 'wb') as log:
                window = self.rig.start(WINDOW, 'local/netns/' + self.rig.pod, stdout=log, stderr=log,
                                        env={**os.environ, 'QT_QPA_PLATFORM': 'offscreen', 'HOME': self.rig.folder})
            agents = lab.until(lambda: lab.children(window.child.pid), what='the window\'s agent')
            for i in range(20):
                self.ask('/window-%d' % i)
            self.assertTrue(agents)
            window.stop()
        else:
            print('PODGLASS names no window: left out')
        self.nothing_found()

    def test_ssh_with_passphrase_password_and_sudo(self):
        c = self.canaries
        client = Told(self.rig, 'ssh', (('assphrase', c['key passphrase']), ('Password for ' + USER, c['ssh password']),
                                        ('sudo', c['sudo password'])),
                      'attach', 'ssh://%s@127.0.0.1:%d/netns/%s?sudo' % (USER, self.host.port, self.rig.pod), '--port', '8080',
                      '--agent', lab.AGENT, '--ssh-helper', os.environ['PODGLASS_SSH'], '--ssh-config', self.host.path('ssh_config'))
        self.shown(client, '/ssh')
        self.nothing_found()

    def test_a_listening_agent(self):
        secret = self.planted + '/secret'
        with open(secret, 'w') as file:
            file.write(self.canaries['session secret'])
        os.chmod(secret, 0o600)
        self.rig.start(lab.AGENT, '--listen', 'unix:' + self.planted + '/s', '--secret-file', secret, stderr=subprocess.DEVNULL)
        lab.until(lambda: os.path.exists(self.planted + '/s'), what='the agent')
        self.shown(Told(self.rig, 'listening', (), 'attach', 'agent+unix:%s/s//netns/%s' % (self.planted, self.rig.pod), '--port', '8080',
                        '--secret-file', secret), '/listening')
        self.nothing_found()

    def test_a_cluster_by_token_and_proxy(self):
        why = fake_api.too_old()
        if why:
            self.skipTest(why)
        agent = shutil.copy(lab.AGENT, self.rig.folder + '/podglass-agent')
        cluster = fake_api.Cluster(agent)
        self.addCleanup(cluster.stop)
        pod = fake_api.pod('shop', 'checkout-7d9f-abcde')
        cluster.put(pod)
        cluster.netns[('shop', pod['metadata']['name'])] = self.rig.pod
        server = fake_api.serve(cluster, self.planted + '/certificate')
        Proxy.password, Proxy.used = self.canaries['proxy password'], 0
        proxy = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Proxy)
        proxy.daemon_threads = True
        threading.Thread(target=proxy.serve_forever, daemon=True).start()
        config = fake_api.kubeconfig(self.planted + '/kubeconfig', server, user={'token': self.canaries['kubeconfig token']},
                                     cluster={'proxy-url': 'http://ana:%s@127.0.0.1:%d' % (self.canaries['proxy password'], proxy.server_address[1])})
        self.shown(Told(self.rig, 'cluster', (), 'attach', 'k8s/fake/shop/deploy/checkout?config=' + config, '--port', '8080'), '/cluster')
        self.assertGreater(Proxy.used, 0, 'the proxy was on the way')
        self.assertIn('Bearer ' + self.canaries['kubeconfig token'], cluster.credentials)
        made = json.dumps(list(cluster.pods.values())).encode()
        self.assertIn(b'ephemeralContainers', made)
        self.assertEqual(self.canaries.within(made), [])
        self.nothing_found()

    def test_a_real_cluster_by_a_service_accounts_token(self):
        if not os.environ.get('KUBECONFIG') or os.environ.get('PODGLASS_RIG') != '1':
            self.skipTest('KUBECONFIG and PODGLASS_RIG=1 name no cluster')
        admin = ('kubectl', '--kubeconfig=' + os.environ['KUBECONFIG'])
        here = os.path.dirname(os.path.abspath(__file__))
        name = 'pg-canary-%d' % os.getpid()
        self.addCleanup(lab.run, *admin, 'delete', 'namespace', name, '--wait=false')
        with open(here + '/../../kubernetes/shop.yaml') as file:
            shop = file.read().replace('namespace: shop', 'namespace: ' + name).replace('{name: shop}', '{name: %s}' % name)
        lab.run(*admin, 'apply', '-f', '-', input=shop, check=True)
        lab.run(*admin, 'apply', '-n', name, '-f', here + '/../../../packaging/kubernetes/role.yaml')
        lab.run(*admin, 'create', 'serviceaccount', 'ana', '-n', name, check=True)
        lab.run(*admin, 'create', 'rolebinding', 'podglass', '-n', name, '--role=podglass', '--serviceaccount=%s:ana' % name, check=True)
        lab.run(*admin, 'apply', '-f', '-', check=True, input=json.dumps(
            {'apiVersion': 'v1', 'kind': 'Secret', 'type': 'kubernetes.io/service-account-token',
             'metadata': {'name': 'ana', 'namespace': name, 'annotations': {'kubernetes.io/service-account.name': 'ana'}}}))
        token = lab.until(lambda: lab.run(*admin, 'get', 'secret', 'ana', '-n', name, '-o', 'jsonpath={.data.token}').stdout, what='the token')
        self.canaries['kubeconfig token'] = base64.b64decode(token).decode()
        view = json.loads(lab.run(*admin, 'config', 'view', '--raw', '--minify', '--flatten', '-o', 'json').stdout)
        view['users'][0]['user'] = {'token': self.canaries['kubeconfig token']}
        view['contexts'][0]['context']['namespace'] = name
        config = self.planted + '/real'
        with open(config, 'w') as file:
            json.dump(view, file)
        os.chmod(config, 0o600)
        lab.until(lambda: lab.run(*admin, 'get', 'deploy', '-n', name, 'checkout', '-o', 'jsonpath={.status.readyReplicas}').stdout == '1', 90, 'the shop')
        context = view['contexts'][0]['name']
        client = Told(self.rig, 'real', (), 'attach', 'k8s/%s/%s/deploy/checkout?config=%s' % (context, name, config), '--port', '8080')
        lab.until(lambda: '"response"' in client.printed(), 90, 'a probe; it said: ' + client.said()[-1500:])
        specs = lab.run(*admin, 'get', 'pods', '-n', name, '-o', 'yaml').stdout
        self.assertIn('podglass-agent', specs)
        self.assertEqual(self.canaries.within(specs.encode()), [])
        client.process.stop(signal.SIGINT)
        self.nothing_found()


class Looking(unittest.TestCase):
    """A canary that is where it must not be is found: else none found means nothing."""

    def test_arguments_and_environments(self):
        canaries = Canaries()
        for place, command, env in (('cmdline', ['sleep', '60', canaries['Cookie']], None), ('environ', ['sleep', '60'], {'X': canaries['Cookie']})):
            process = lab.Process(['sh', '-c', 'sleep 60', canaries['Cookie']] if place == 'cmdline' else command, env=env)
            watch = Watch(canaries)
            lab.until(lambda: watch.look() or watch.found, what='the canary')
            self.assertTrue(all('Cookie in ' + place in each for each in watch.found), watch.found)
            process.stop()

    def test_what_is_revealed_is_found(self):
        canaries = Canaries()
        self.assertEqual(canaries.within(b'x' + canaries['X-Api-Key'].encode()), ['X-Api-Key'])
        self.assertEqual(canaries.within(base64.b64encode(canaries['Cookie'].encode())), ['Cookie'])


if __name__ == '__main__':
    lab.main()
