# SPDX-License-Identifier: Apache-2.0
"""The agent as an ephemeral container, driven by the real kubectl against an API server of our own
(fake_api.py): what is asked for, with which rights it works, what follows when it is refused."""
import os
import shutil
import signal
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'net', 'proof'))

import fake_api
import lab
from sshd import Sshd


def read(pid, name):
    try:
        with open('/proc/%s/%s' % (pid, name), 'rb') as file:
            return file.read()
    except OSError:
        return b''


def command_of(pid):
    return read(pid, 'cmdline')


def name_of(pid):
    return read(pid, 'comm').decode().strip()


def ancestry(pid):
    names = []
    while int(pid) > 1:
        names.append(name_of(pid))
        fields = read(pid, 'stat').rsplit(b')', 1)[-1].split()
        pid = fields[1].decode() if len(fields) > 1 else '0'
    return names


class Containers(unittest.TestCase):

    def setUp(self):
        self.rig = lab.Lab()
        self.addCleanup(self.rig.__exit__)
        self.rig.__enter__()
        # A copy: whether an agent is in use is asked of its file.
        self.agent = os.path.join(self.rig.folder, 'podglass-agent')
        shutil.copy(lab.AGENT, self.agent)
        self.cluster = fake_api.Cluster(self.agent)
        self.addCleanup(self.cluster.stop)
        self.pod = fake_api.pod('shop', 'checkout-7d9f-abcde')
        self.cluster.put(self.pod)
        self.cluster.netns[('shop', self.pod['metadata']['name'])] = self.rig.pod
        self.server = fake_api.serve(self.cluster)
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)
        self.config = fake_api.kubeconfig(os.path.join(self.rig.folder, 'kubeconfig'), self.server)

    def attach(self, *options, query=''):
        return self.rig.ctl(*options, address='k8s/fake/shop/deploy/checkout?config=%s%s' % (self.config, query))

    def containers(self):
        return self.pod['spec'].get('ephemeralContainers', [])

    def seen(self, client, path):
        self.rig.get(path)
        return any(event.get('target') == path for event in client.of('request'))

    def follow(self, client, path):
        client.ready()
        lab.until(lambda: self.seen(client, path), what='a GET; it said: ' + client.said())
        return client

    def agent_pods(self):
        return [name for _, name in self.cluster.pods if name.startswith('podglass-agent')]

    def test_it_is_preferred_and_has_few_rights(self):
        client = self.follow(self.attach(query='&mirror-only'), '/b100')
        self.assertEqual(self.agent_pods(), [])
        (made,) = self.containers()
        context = made['securityContext']
        self.assertEqual(context['capabilities'], {'drop': ['ALL'], 'add': ['NET_RAW']})
        self.assertIs(context['allowPrivilegeEscalation'], False)
        self.assertIs(context['readOnlyRootFilesystem'], True)
        self.assertIs(context['privileged'], False)
        self.assertEqual(made['targetContainerName'], 'web')
        self.assertEqual(set(made) & {'env', 'envFrom', 'volumeMounts', 'stdin', 'tty'} - {'stdin', 'tty'}, set())
        self.assertIn('--hold-most', made['command'])
        self.assertIn('no memory limit', client.said())
        # It is no target, and a second client of the same user uses it again.
        listed = lab.run(lab.CTL, 'targets', 'k8s/fake/shop?config=' + self.config).stdout
        self.assertIn('deploy/checkout', listed)
        self.assertNotIn(made['name'], listed)
        self.follow(self.attach(query='&mirror-only'), '/b1')
        self.assertEqual(len(self.containers()), 1)

    def test_stealing_adds_one_right_and_works_with_it(self):
        port = lab.free_port()
        self.rig.start(sys.executable, '-m', 'http.server', str(port), '--bind', '127.0.0.1', '-d', self.rig.folder + '/www',
                       stdout=-3, stderr=-3)
        client = self.attach('--mode', 'steal', '--filter-text', 'path ~ "/b2000*"', '--to', '127.0.0.1:%d' % port).ready()
        lab.until(lambda: 'SimpleHTTP' in self.rig.get('/b2000', '-i').stdout, what='a stolen answer; ' + client.said())
        self.assertIn('nginx', self.rig.get('/b100', '-i').stdout)
        self.assertEqual(self.containers()[0]['securityContext']['capabilities']['add'], ['NET_RAW', 'NET_ADMIN'])
        client.finish()
        lab.until(lambda: 'podglass' not in self.rig.rules(), what='the redirect to go')

    def test_one_that_has_ended_is_replaced_under_another_name(self):
        client = self.follow(self.attach(), '/b100')
        first = self.containers()[0]['name']
        for process in self.cluster.processes:
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
        lab.until(lambda: len(self.containers()) == 2, what='another container; it said: ' + client.said())
        lab.until(lambda: self.seen(client, '/b2000'), what='a GET')
        self.assertNotEqual(self.containers()[1]['name'], first)
        self.assertEqual(self.agent_pods(), [])
        self.assertEqual(len(client.breaks), 1)

    def test_f27_a_stalled_stream_is_torn_down_and_rebuilt(self):
        client = self.follow(self.attach(), '/b100')
        self.cluster.frozen = self.cluster.execs
        lab.until(lambda: client.breaks, 60, 'the break to be told; it said: ' + client.said())
        lab.until(lambda: self.seen(client, '/b2000'), what='a GET')
        self.assertIn('silent', client.said())
        self.assertEqual(len(self.containers()), 1, 'the container is used again')

    def test_without_the_right_a_pod_goes_to_the_node_and_why_is_said(self):
        self.cluster.forbidden.add(('patch', 'pods/ephemeralcontainers'))
        client = self.attach()
        lab.until(lambda: self.agent_pods(), what='the pod')
        self.assertEqual(self.containers(), [])
        lab.until(lambda: 'no ephemeral container: ana may not patch pods/ephemeralcontainers in namespace shop; '
                          'using a pod on the node' in client.said(), what='the reason; it said: ' + client.said())
        self.assertIn('verbs ["patch"]', client.said())

    def test_an_old_cluster_and_the_wish_for_a_pod_are_obeyed(self):
        for version, query, why in (('v1.24.9', '', 'ephemeral containers need Kubernetes 1.25'),
                                    ('v1.31.2', '&node-pod', 'the address asks for a pod'),
                                    ('v1.31.2', '&agents-in=tools', 'the address names a namespace for pods')):
            self.cluster.version = version
            client = self.attach(query=query)
            lab.until(lambda: why in client.said(), what=why + '; it said: ' + client.said())
            lab.until(lambda: self.agent_pods(), what='the pod')
            client.finish()
            lab.until(lambda: not self.agent_pods(), what='the pod to be deleted')
        self.assertFalse([path for method, path in self.cluster.requests if method == 'PATCH'])

    def test_the_kubectl_of_an_ssh_host_is_a_road(self):
        ssh = Sshd(self.rig)
        road = '%s/k8s/fake' % ssh.road()
        options = '?config=%s&ssh-config=%s' % (self.config, ssh.path('ssh_config'))
        listed = lab.run(lab.CTL, 'targets', road + '/shop' + options)
        self.assertIn('deploy/checkout', listed.stdout, listed.stderr)
        client = self.rig.ctl(address=road + '/shop/deploy/checkout' + options)
        self.follow(client, '/b100')
        self.assertEqual(len(self.containers()), 1)
        self.assertEqual(self.agent_pods(), [])
        # The stream's kubectl runs over there: sshd is its ancestor, and what runs here is ssh.
        streams = [pid for pid in filter(str.isdigit, os.listdir('/proc'))
                   if name_of(pid).startswith('kubectl') and b'exec' in command_of(pid).split(b'\0') and self.config.encode() in command_of(pid)]
        self.assertTrue(streams)
        for pid in streams:
            self.assertIn('sshd', ancestry(pid))
        self.assertFalse([pid for pid in lab.children(client.child.pid) if name_of(pid).startswith('kubectl')])
        client.finish()
        # Where one may not log in, that is what is said.
        with open(ssh.path('ssh_config'), 'a') as file:
            file.write('UserKnownHostsFile /dev/null\nStrictHostKeyChecking yes\n')
        os.unlink(ssh.path('known'))
        refused = lab.run(lab.CTL, 'targets', road + '/shop' + options)
        self.assertIn('Host key verification failed', refused.stderr)

    def test_nothing_of_it_stays_longer_than_it_may(self):
        held = lab.Process([self.agent, '--hold', '3600', '--hold-most', '1'])
        self.assertEqual(held.child.wait(lab.PATIENCE), 0)


if __name__ == '__main__':
    why = fake_api.too_old()
    if why:
        print('SKIP-ALL: ' + why)
        sys.exit(0)
    lab.main()
