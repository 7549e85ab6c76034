# SPDX-License-Identifier: Apache-2.0
"""What was passed on before a client left ends by itself, however it left (I4's other half): a download and
an upload that take longer than anything waits arrive whole, the redirect is gone at once, and the agent goes
after them. Only killing the agent cuts them.
As a program: leaving.py MEGABYTES MEGABYTES_PER_SECOND does the same with bodies of that size."""
import hashlib
import os
import signal
import subprocess
import sys
import time
import unittest

import lab
from sshd import Sshd

FILTER = 'header "x-pg-steal" is "1"'
NGINX = lab.NGINX.replace('client_max_body_size 64m;', 'client_max_body_size 0;').replace(
    'location = /healthz', '''location /put { root {folder}; dav_methods PUT; create_full_put_path on; }
    location = /healthz'''.replace('{ root', '{{ root').replace('on; }', 'on; }}'))
MEGABYTES, RATE = 32, 4  # eight seconds


def pattern(megabytes):
    return b''.join(hashlib.sha256(b'%d' % n).digest() * 32 for n in range(megabytes * 1024))


class Transfers:
    """A paced download and a paced upload through the stolen port, by curl."""

    def __init__(self, rig, megabytes, rate):
        self.rig, self.body = rig, pattern(megabytes)
        self.sent, self.got = os.path.join(rig.folder, 'sent'), os.path.join(rig.folder, 'got')
        for path in (self.sent, os.path.join(rig.folder, 'www', 'large')):
            with open(path, 'wb') as file:
                file.write(self.body)
        self.put = os.path.join(rig.folder, 'put')
        os.makedirs(self.put, exist_ok=True)
        os.chmod(self.put, 0o777)
        self.stored = os.path.join(self.put, 'large')
        for path in (self.got, self.stored):
            if os.path.exists(path):
                os.unlink(path)
        pace = ('curl', '-sS', '-m', '300', '--limit-rate', '%dM' % rate)
        url = 'http://%s:8080' % lab.POD4
        self.down = self.curl(*pace, '-o', self.got, url + '/large')
        self.up = self.curl(*pace, '-H', 'Expect:', '-T', self.sent, url + '/put/large')

    def curl(self, *command):
        return self.rig.start(*command, where=self.rig.caller, stderr=subprocess.PIPE, text=True).child

    def under_way(self):
        return os.path.exists(self.got) and os.path.getsize(self.got) > 1 << 20

    def ended(self, patience):
        """(exit statuses, what curl said)"""
        said = [child.communicate(timeout=patience)[1] for child in (self.down, self.up)]
        return [self.down.returncode, self.up.returncode], said

    def whole(self):
        wanted = hashlib.sha256(self.body).hexdigest()
        digests = []
        for path in (self.got, self.stored):
            with open(path, 'rb') as file:
                digests.append(hashlib.sha256(file.read()).hexdigest() == wanted)
        return digests


class Rig(lab.Lab):
    def __init__(self):
        super().__init__(nginx=False)

    def __enter__(self):
        super().__enter__()
        kept, lab.NGINX = lab.NGINX, NGINX
        try:
            self.start_nginx()
        finally:
            lab.NGINX = kept
        return self


def alive(pid):
    return os.path.exists('/proc/%d' % pid)


class Leaving(unittest.TestCase):
    megabytes, rate = MEGABYTES, RATE

    def leave(self, how, *options, meanwhile=lambda rig: None, **more):
        with Rig() as rig:
            ssh = Sshd(rig) if more.pop('ssh', False) else None
            if ssh:
                more['address'] = 'ssh://root@127.0.0.1:%d/netns/%s' % (ssh.port, rig.pod)
                options += ('--ssh-config', ssh.path('ssh_config'), '--ssh-helper', os.environ['PODGLASS_SSH'])
            if more.pop('timed', False):
                more['agent'] = rig.agent_with('--timed-redirect')
            began = time.monotonic()
            ctl = rig.ctl('--mode', 'steal', '--filter-text', FILTER, '--answer', '299', *options, **more).ready()
            agents = ssh.agents() if ssh else [ctl.agent(), ctl.worker()]
            self.assertEqual(len(agents), 2)
            transfers = Transfers(rig, self.megabytes, self.rate)
            lab.until(transfers.under_way, what='the download to be under way')
            lab.until(lambda: ctl.telemetry and ctl.telemetry['proxied_connections'] >= 2,
                      what='both to be passed on')
            how(ctl)
            ctl.child.wait(10)
            left = time.monotonic()
            lab.until(lambda: 'redirect to' not in rig.rules(), 2, 'the redirect to go')
            gone = time.monotonic() - left
            answer = rig.get('/b1', '-H', 'x-pg-steal: 1', '-w', '%{http_code}').stdout
            self.assertEqual(answer, 'a200', 'the service answers')
            meanwhile(rig)
            statuses, said = transfers.ended(60)
            self.assertEqual(statuses, [0, 0], said)
            self.assertEqual(transfers.whole(), [True, True])
            print('left after %.1f s, redirect gone %.0f ms later, %d MB each way whole %.1f s after it left'
                  % (left - began, gone * 1000, self.megabytes, time.monotonic() - left))
            lab.until(lambda: not any(map(alive, agents)), 5, 'the agent to end')
            self.assertEqual(rig.rules(), '', 'nothing is left')

    def test_by_sigint(self):
        self.leave(lambda ctl: ctl.child.send_signal(signal.SIGINT))

    def test_by_sigkill(self):
        self.leave(lambda ctl: ctl.child.kill())

    def test_by_its_time_limit(self):
        self.leave(lambda ctl: None, '--seconds', '3')

    def test_over_ssh_by_sigint(self):
        self.leave(lambda ctl: ctl.child.send_signal(signal.SIGINT), ssh=True)

    def test_over_ssh_by_sigkill(self):
        self.leave(lambda ctl: ctl.child.kill(), ssh=True)

    def test_a_table_without_owner_stays_while_the_next_agent_steals(self):
        def again(rig):
            time.sleep(3.5)  # a stretch of time: longer than its set lives unless it is renewed
            ctl = rig.ctl('--mode', 'steal', '--filter-text', FILTER, '--answer', '299').ready()
            self.assertEqual(ctl.states[0]['mode'], 'steal', ctl.said())
            ctl.finish()
        self.leave(lambda ctl: ctl.child.kill(), timed=True, meanwhile=again)

    def test_nobody_is_waited_for_in_a_namespace_that_is_gone(self):
        """The caller's end vanishes without a word, the service ends, the name is deleted: only the agent
        keeps the namespace then, and what it passed on can never end."""
        with Rig() as rig:
            ctl = rig.ctl('--mode', 'steal', '--filter-text', FILTER, '--answer', '299').ready()
            agents = [ctl.agent(), ctl.worker()]
            transfers = Transfers(rig, self.megabytes, self.rate)
            lab.until(transfers.under_way, what='the download to be under way')
            ctl.child.kill()
            lab.until(lambda: 'redirect to' not in rig.rules(), 2, 'the redirect to go')
            lab.run('ip', '-n', rig.pod, 'link', 'delete', 'eth0', check=True)
            lab.run('ip', 'netns', 'delete', rig.pod, check=True)
            self.assertTrue(all(map(alive, agents)), 'while the service is there, what is passed on may go on')
            for process in rig.processes:
                process.stop()
            lab.until(lambda: not any(map(alive, agents)), 15, 'the agent to end')

    def test_only_the_agents_end_cuts(self):
        with Rig() as rig:
            ctl = rig.ctl('--mode', 'steal', '--filter-text', FILTER, '--answer', '299').ready()
            agent = ctl.agent()
            transfers = Transfers(rig, self.megabytes, self.rate)
            lab.until(transfers.under_way, what='the download to be under way')
            ctl.child.kill()
            lab.until(lambda: 'redirect to' not in rig.rules(), 2, 'the redirect to go')
            os.kill(agent, signal.SIGTERM)
            statuses, _ = transfers.ended(10)
            self.assertNotIn(0, statuses)
            lab.until(lambda: not alive(agent), 5, 'the agent to end')
            self.assertEqual(rig.rules(), '', 'nothing is left')


if __name__ == '__main__':
    if len(sys.argv) > 2 and sys.argv[1].isdigit():
        Leaving.megabytes, Leaving.rate = int(sys.argv[1]), int(sys.argv[2])
        del sys.argv[1:]
    lab.main()
