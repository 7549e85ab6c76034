# SPDX-License-Identifier: Apache-2.0
"""What goes wrong is told: each message says what failed, where and what to do; nothing crashes and
nothing that was shown is lost. Through podglassctl and the agent as users start them."""
import os
import signal
import socket
import subprocess
import sys
import tempfile
import unittest

import lab

GOLDEN = os.path.join(lab.HERE, '..', '..', 'golden', 'http', 'nginx-curl', 'input.pcap')


def read(path, most=-1):
    with open(path, 'rb') as file:
        return file.read(most)


class BadInput(unittest.TestCase):

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix='pg-proof-')
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def file(self, name, content, mode=0o600):
        path = os.path.join(self.folder, name)
        with open(path, 'wb') as file:
            file.write(content)
        os.chmod(path, mode)
        return path

    def told(self, command, *words, status=1):
        """The command fails by itself, and says each of the words."""
        ran = subprocess.run(command, capture_output=True, text=True, timeout=40, stdin=subprocess.DEVNULL)
        said = ran.stderr
        self.assertEqual(ran.returncode, status, said)  # negative: it crashed
        for word in words:
            self.assertIn(word, said)
        return ran

    def attach(self, address, *words, agent=None, options=()):
        return self.told([lab.CTL, 'attach', address, '--agent', agent or lab.AGENT, '--port', '80', *options], *words)

    def test_unknown_host(self):
        self.attach('ssh://x@no-such-host.invalid/self', 'no-such-host.invalid: no address found',
                    'not known', 'check the spelling')

    def test_refused(self):
        self.attach('ssh://x@127.0.0.1:1/self', '127.0.0.1:1: cannot connect: Connection refused', 'is sshd running')

    def test_configuration_that_the_address_names(self):
        config = self.file('ssh_config', b'Host a-name\n  HostName 127.0.0.1\n  Port 1\n  User x\n')
        self.attach('ssh://a-name/self?config=' + config, '127.0.0.1:1: cannot connect: Connection refused')

    def test_target_that_is_not_there(self):
        self.attach('local/netns/absent', 'attach to netns:absent', 'none of that name')
        self.attach('local/pid/4194303', 'attach to pid:4194303')
        self.attach('local/container/abcdefabcdef', 'no running container matches')

    def test_address_that_is_none(self):
        self.attach('shop/7', 'begins with none of', 'examples')

    def test_agent_that_cannot_be_executed(self):
        self.attach('local/self', 'Permission denied', 'noexec', agent=self.file('plain', b'#!/bin/sh\n', 0o600))

    def test_agent_on_a_noexec_mount(self):
        mounted = self.folder + '/mounted'
        os.mkdir(mounted)
        command = ('mount -t tmpfs -o noexec,size=64m none %s && cp %s %s/agent && exec %s attach local/self --port 80 '
                   '--agent %s/agent' % (mounted, lab.AGENT, mounted, lab.CTL, mounted))
        self.told(['unshare', '-m', 'sh', '-c', command], 'Permission denied', 'noexec')

    def test_agent_for_another_processor(self):
        other = bytearray(read(lab.AGENT, 65536))
        other[18:20] = (183).to_bytes(2, 'little')  # e_machine: AArch64
        self.attach('local/self', 'Exec format error', 'another processor', agent=self.file('other', other, 0o700))

    def test_agent_that_greets_in_another_language_and_ends(self):
        # It ends before it reads: our greeting meets a pipe that nobody holds, which once ended us too.
        for _ in range(20):
            self.attach('local/self', 'exit status 3',
                        agent=self.file('banner', b'#!/bin/sh\nexec <&-\necho welcome\nexit 3\n', 0o700))

    def test_agent_that_sends_garbage(self):
        self.attach('local/self', 'a frame of', 'not a Podglass program',
                    agent=self.file('garbage', b'#!/bin/sh\nyes garbage | head -c 100000\nexec cat >/dev/null\n', 0o700))

    def test_agent_that_is_sent_garbage(self):
        for seed in range(20):
            garbage = b'\0\0\0\x10' + bytes((seed * 31 + i * 7) & 255 for i in range(5000)) if seed % 2 \
                else os.urandom(5000)
            ran = subprocess.run([lab.AGENT, '--stdio'], input=garbage, capture_output=True, timeout=30)
            self.assertGreaterEqual(ran.returncode, 0, ran.stderr)

    def test_filter_with_a_bad_pattern(self):
        for pattern, words in (('/(foo/', ('"(" is never closed', 'character 1 of the pattern')),
                               ('/[a/', ('character',)), ('/a**+(/', ('character',))):
            self.attach('local/self', 'filter', *words, options=(
                '--mode', 'steal', '--to', '127.0.0.1:9', '--filter-text', 'header a matches ' + pattern))

    def test_capture_file_cut_short(self):
        whole = read(GOLDEN)
        cut = self.told([lab.CTL, 'read', '--json', self.file('cut.pcap', whole[:2000])],
                        'at byte 2000', 'after 5 packets', 'ends inside a packet',
                        'cut or damaged')
        self.assertIn('"first_frame"', cut.stdout)  # what was read is shown
        self.told([lab.CTL, 'read', self.file('head.pcap', whole[:10])], 'ends inside its header', 'head.pcap')
        self.told([lab.CTL, 'read', self.file('text', b'just words here, no capture')], 'this is no capture file', 'pcapng')
        self.told([lab.CTL, 'read', self.folder + '/absent'], 'No such file', 'check the path')

    def test_capture_file_of_an_unknown_link_type(self):
        other = bytearray(read(GOLDEN))
        other[20:24] = (195).to_bytes(4, 'little')
        self.told([lab.CTL, 'read', self.file('other.pcap', other)], 'IEEE802_15_4 (195)', 'capture on')

    def test_missing_capability_is_named(self):
        for capability, words in (('net_raw', ('CAP_NET_RAW is missing', 'the agent needs CAP_NET_RAW')),
                                  ('net_admin', ('CAP_NET_ADMIN is missing', 'mirroring works without'))):
            self.told(['setpriv', '--bounding-set=-' + capability, '--inh-caps=-' + capability, lab.CTL, 'attach',
                       'local/self', '--agent', lab.AGENT, '--port', '80', '--mode', 'steal', '--to', '127.0.0.1:9'],
                      *words)

    def test_no_right_to_nftables(self):
        # A user namespace without a network of its own: root by name, nothing of the network.
        if lab.run('unshare', '-Ur', 'true', check=False).returncode:
            self.skipTest('this machine refuses user namespaces')
        ran = self.told(['unshare', '-Ur', lab.CTL, 'attach', 'local/self', '--agent', lab.AGENT, '--port', '80',
                         '--mode', 'steal', '--to', '127.0.0.1:9'], 'CAP_NET_RAW')
        self.assertRegex(ran.stderr, 'nftables|CAP_NET_ADMIN')

    def test_target_that_goes_while_attached(self):
        with lab.Lab(nginx=False) as rig:
            service = rig.start('python3', '-m', 'http.server', '8080', where=rig.pod, stderr=subprocess.DEVNULL,
                                stdout=subprocess.DEVNULL)
            lab.until(lambda: rig.get('/').returncode == 0, what='the service')
            ctl = rig.ctl(address='local/pid/%d' % service.child.pid).ready()
            rig.get('/')
            lab.until(lambda: ctl.of('connection-closed'), what='an exchange')
            service.stop(signal.SIGKILL)
            self.assertEqual(ctl.child.wait(10), 1)
            ctl.reader.join(10)
            self.assertIn("the target's last process ended (attach again when it is back)", ctl.said())
            self.assertIn('pid:%d' % service.child.pid, ctl.said())
            self.assertEqual(len(ctl.of('connection-closed')), 1)  # what was seen stays


class Listening(unittest.TestCase):
    """An agent that listens: what proves itself gets in, what does not is told so."""

    def agent(self, folder, where):
        secret = folder + '/secret'
        with open(secret, 'w') as file:
            file.write('the right secret of the proof')
        os.chmod(secret, 0o600)
        agent = lab.Process([lab.AGENT, '--listen', where, '--secret-file', secret], stderr=subprocess.PIPE)
        self.addCleanup(agent.child.stderr.close)
        self.addCleanup(agent.stop)
        line = agent.child.stderr.readline().decode()
        while line and 'listening on' not in line:
            line = agent.child.stderr.readline().decode()
        self.assertIn('listening on', line)
        return secret

    def tried(self, where, road):
        with tempfile.TemporaryDirectory(prefix='pg-proof-') as folder:
            where, road = where.replace('FOLDER', folder), road.replace('FOLDER', folder)
            secret = self.agent(folder, where)
            wrong = folder + '/wrong'
            with open(wrong, 'w') as file:
                file.write('another secret, as long as it')
            os.chmod(wrong, 0o600)
            def targets(*options):
                return subprocess.run([lab.CTL, 'targets', road, *options], capture_output=True, text=True, timeout=40,
                                      stdin=subprocess.DEVNULL)
            good = targets('--secret-file', secret)
            self.assertEqual(good.returncode, 0, good.stderr)
            self.assertTrue(good.stdout)
            for refused in (targets('--secret-file', wrong), targets(), targets('--secret-file', folder + '/absent')):
                self.assertEqual(refused.returncode, 1, refused.stderr)
                self.assertIn('secret', refused.stderr)
                self.assertEqual(refused.stdout, '')
            # A port in use is told.
            again = subprocess.run([lab.AGENT, '--listen', where, '--secret-file', secret], capture_output=True,
                                   text=True, timeout=20)
            self.assertEqual(again.returncode, 1)
            self.assertIn('in use', again.stderr)
            os.chmod(secret, 0o644)
            open_to_all = subprocess.run([lab.AGENT, '--listen', 'unix:' + folder + '/x', '--secret-file', secret],
                                         capture_output=True, text=True, timeout=20)
            self.assertEqual(open_to_all.returncode, 1)
            self.assertIn('secret', open_to_all.stderr)

    def test_tcp(self):
        port = lab.free_port()
        self.tried('127.0.0.1:%d' % port, 'agent+tcp://127.0.0.1:%d' % port)

    def test_unix(self):
        self.tried('unix:FOLDER/agent.sock', 'agent+unix:FOLDER/agent.sock')


if __name__ == '__main__':
    lab.main()
