# SPDX-License-Identifier: Apache-2.0
"""The agent's two processes on real parts: what each may do (threats S3, S4), what happens when one of them
hangs or memory runs out (F1, S20), when the client goes (F2, S21), when others change the rules (I1, F21), when
two agents want one port (F19), when connections are older than the steal (F20), when the namespace is deleted."""
import json
import os
import re
import signal
import subprocess
import tempfile
import time
import unittest

import lab
from killed_agent import FILTER, Taker, stolen

NET_ADMIN, NET_RAW, SYS_PTRACE, SYS_ADMIN, DAC_READ_SEARCH, KILL = (1 << n for n in (12, 13, 19, 21, 2, 5))
CALLERS = '''
import socket, sys
def ask(c):
    c.sendall(b"GET /b1 HTTP/1.1\\r\\nHost: x\\r\\nx-pg-steal: 1\\r\\n\\r\\n")
    return c.recv(4096).startswith(b"HTTP/1.1 200")
callers = [socket.create_connection(("%s", 8080)) for _ in range(int(sys.argv[1]))]
for _ in sys.stdin:
    print(sum(map(ask, callers)), flush=True)
''' % lab.POD4


def status(pid):
    with open('/proc/%d/status' % pid) as file:
        return {key: value.strip() for key, _, value in (line.partition(':') for line in file)}


def capabilities(pid, which='CapPrm'):
    return int(status(pid)[which], 16)


def is_static():
    with open(lab.AGENT, 'rb') as file:
        return b'/lib64/ld-linux' not in file.read(4096)


class Guard(unittest.TestCase):

    def steal(self, rig, taker, *options, **more):
        ctl = rig.ctl('--mode', 'steal', '--filter-text', FILTER, '--to', taker.address, *options, **more).ready()
        lab.until(lambda: stolen(rig), what='a stolen request')
        return ctl

    def given_back(self, rig, patience):
        began = time.monotonic()
        lab.until(lambda: 'redirect to' not in rig.rules(), patience, 'the rules to go')
        took = time.monotonic() - began
        self.assertEqual(rig.get('/b1').stdout, 'a', 'the service answers')
        return took

    def told(self, ctl, words, patience=10):
        return lab.until(lambda: [state for state in ctl.states if words in state.get('message', '')], patience,
                         'podglassctl to be told: ' + words)[0]

    def test_s3_the_worker_may_nothing(self):
        with lab.Lab() as rig, Taker() as taker:
            ctl = self.steal(rig, taker)
            guard, worker = ctl.agent(), ctl.worker()
            mine = status(worker)
            for which in ('CapInh', 'CapPrm', 'CapEff', 'CapAmb', 'CapBnd'):
                self.assertEqual(int(mine[which], 16), 0, which)
            self.assertEqual(mine['NoNewPrivs'], '1')
            self.assertEqual(set(mine['Uid'].split()), {'65534'})
            if is_static():  # the sanitizers' is not, and not confined by system calls
                self.assertEqual(mine['Seccomp'], '2')
            allowed = NET_ADMIN | NET_RAW | SYS_PTRACE | SYS_ADMIN | DAC_READ_SEARCH | KILL
            self.assertEqual(capabilities(guard) & ~allowed, 0)
            # S24: capture stays behind the service, what carries the service's requests does not.
            nice = {tid: os.getpriority(os.PRIO_PROCESS, tid) for tid in map(int, os.listdir('/proc/%d/task' % worker))}
            own = os.getpriority(os.PRIO_PROCESS, 0)
            self.assertEqual(nice.pop(worker), own)
            self.assertTrue(nice and all(each >= max(5, own) for each in nice.values()), nice)

    def test_s4_mirroring_needs_the_right_to_capture_alone(self):
        with lab.Lab() as rig:
            bare = lab.inside(rig.pod, 'setpriv', '--bounding-set', '-all,+net_raw', '--inh-caps', '-all')
            ctl = rig.ctl('--mode', 'mirror', address='local/self', prefix=bare).ready()
            rig.get('/b100')
            lab.until(lambda: ctl.of('connection-closed'), what='the request to be seen')
            self.assertEqual(capabilities(ctl.agent()), NET_RAW)
            self.assertEqual(capabilities(ctl.worker()), 0)
            ctl.finish()
            refused = rig.ctl('--mode', 'steal', '--to', '127.0.0.1:9', address='local/self', prefix=bare)
            self.assertNotEqual(refused.child.wait(20), 0)
            self.assertIn('CAP_NET_ADMIN is missing', refused.said())
            self.assertEqual(rig.rules(), '', 'nothing was changed')

    def test_s4_mirror_only_gives_the_right_to_steal_away(self):
        with lab.Lab() as rig:
            ctl = rig.ctl('--mode', 'mirror', agent=rig.agent_with('--mirror-only')).ready()
            rig.get('/b100')
            lab.until(lambda: ctl.of('connection-closed'), what='the request to be seen')
            self.assertEqual(capabilities(ctl.agent()) & NET_ADMIN, 0)

    def test_s20_a_worker_that_hangs_loses_its_ports(self):
        with lab.Lab() as rig, Taker() as taker:
            worker = self.steal(rig, taker).worker()
            os.kill(worker, signal.SIGSTOP)
            try:
                took = self.given_back(rig, 14)
                print('a stopped worker lost its port after %.1f s' % took)
            finally:
                os.kill(worker, signal.SIGCONT)

    def test_s20_a_timed_redirect_of_a_stopped_worker_expires(self):
        with lab.Lab() as rig, Taker() as taker:
            worker = self.steal(rig, taker, agent=rig.agent_with('--timed-redirect')).worker()
            os.kill(worker, signal.SIGSTOP)
            try:
                began = time.monotonic()
                lab.until(lambda: rig.get('/b1', '-m', '1').stdout == 'a', 6, 'the service')
                print('the timed redirect of a stopped worker ended after %.1f s' % (time.monotonic() - began))
            finally:
                os.kill(worker, signal.SIGCONT)
            lab.until(lambda: stolen(rig), what='the redirect to be renewed')

    def test_f1_out_of_memory(self):
        root = '/sys/fs/cgroup/memory'
        if not os.path.exists(root + '/memory.limit_in_bytes'):
            self.skipTest('no memory cgroup of version 1 is mounted')
        group = '%s/pg-guard-%d' % (root, os.getpid())
        os.mkdir(group)
        try:
            with lab.Lab() as rig, Taker() as taker:
                ctl = self.steal(rig, taker)
                worker = ctl.worker()
                for name, value in (('memory.limit_in_bytes', 64 << 20), ('cgroup.procs', worker)):
                    with open(group + '/' + name, 'w') as file:
                        file.write(str(value))
                # Others of the group take the memory, each less than what makes the worker the one to go.
                for _ in range(8):
                    rig.start('sh', '-c', 'echo $$ > %s/cgroup.procs; exec python3 -c '
                              '"import time; x = b\'x\' * (10 << 20); time.sleep(60)"' % group,
                              stderr=subprocess.DEVNULL)
                lab.until(lambda: not os.path.exists('/proc/%d' % worker), what='the worker to be killed')
                lab.until(lambda: ctl.breaks or 'signal 9' in ctl.said(), what='podglassctl to be told')
                lab.until(lambda: ctl.states[-1]['mode'] == 'mirror', what='a new agent')
                self.assertFalse(stolen(rig))
                ctl.finish()
                self.given_back(rig, 1)
        finally:
            lab.until(lambda: not lab.run('cat', group + '/cgroup.procs').stdout, what='the group to be empty')
            os.rmdir(group)

    def test_s21_a_dead_client_steals_no_more_and_the_other_goes_on(self):
        with lab.Lab() as rig, Taker() as taker, tempfile.TemporaryDirectory(prefix='pg-proof-') as folder:
            secret = folder + '/secret'
            with open(secret, 'w') as file:
                file.write('a secret that both clients know')
            os.chmod(secret, 0o600)
            agent = rig.start(lab.AGENT, '--listen', 'unix:' + folder + '/s', '--secret-file', secret, '--linger', '3',
                              stderr=subprocess.DEVNULL)
            lab.until(lambda: os.path.exists(folder + '/s'), what='the agent')
            address = 'agent+unix:%s/s//netns/%s' % (folder, rig.pod)
            thief = self.steal(rig, taker, '--secret-file', secret, address=address)
            other = rig.ctl('--secret-file', secret, address=address).ready()
            thief.child.kill()
            self.assertLess(self.given_back(rig, 2), 1.0)
            seen = len(other.of('connection-closed'))
            rig.get('/b100')
            lab.until(lambda: len(other.of('connection-closed')) > seen, what='the other client to see a request')
            again = self.steal(rig, taker, '--secret-file', secret, address=address)
            again.child.send_signal(signal.SIGSTOP)
            print('a stopped client lost its port after %.1f s' % self.given_back(rig, 17))
            again.child.kill()
            other.finish()
            self.assertEqual(agent.child.wait(15), 0, 'it ends after its last client')
            self.assertFalse(os.path.exists(folder + '/s'), 'and takes its socket along')

    def test_f21_a_flush_by_others_changes_nothing(self):
        with lab.Lab() as rig, Taker() as taker:
            self.steal(rig, taker)
            lab.run(*lab.inside(rig.pod, 'nft', 'flush', 'ruleset'))
            self.assertTrue(stolen(rig))

    def test_f21_rules_removed_by_others_are_told(self):
        with lab.Lab() as rig, Taker() as taker:
            ctl = self.steal(rig, taker, agent=rig.agent_with('--timed-redirect'))
            began = time.monotonic()
            lab.run(*lab.inside(rig.pod, 'nft', 'flush', 'ruleset'))
            told = self.told(ctl, 'another program changed or removed our packet rules')
            print('removed rules were told after %.1f s' % (time.monotonic() - began))
            self.assertEqual(told['mode'], 'mirror')
            self.assertEqual(rig.get('/b1').stdout, 'a')

    def stops_itself(self, rig, ctl, begin, words):
        def opened():
            lines = lab.run(*lab.inside(rig.pod, 'cat', '/proc/net/snmp')).stdout.splitlines()
            head, values = [line.split() for line in lines if line.startswith('Tcp:')]
            return int(values[head.index('PassiveOpens')])
        before, began = opened(), time.monotonic()
        begin()
        asked = 0
        while 'redirect to' in rig.rules():
            rig.get('/b1', '-m', '1')
            asked += 1
            self.assertLess(time.monotonic() - began, 5, 'it goes on')
        took, count = time.monotonic() - began, opened() - before
        print('stopped after %.0f ms, %d requests and %d connections' % (took * 1000, asked, count))
        self.assertLessEqual(count, 100)
        self.told(ctl, words)
        self.assertEqual(rig.get('/b1').stdout, 'a', 'the service answers')

    def test_i1_a_deleted_mark_rule_stops_the_steal(self):
        with lab.Lab() as rig, Taker() as taker:
            ctl = self.steal(rig, taker, agent=rig.agent_with('--timed-redirect'))

            def begin():
                chain = table = None
                for line in lab.run(*lab.inside(rig.pod, 'nft', '-a', 'list', 'ruleset')).stdout.splitlines():
                    words = line.split()
                    if words[:2] == ['table', 'inet']:
                        table = words[2]
                    elif words[:1] == ['chain']:
                        chain = words[1]
                    elif words[:2] == ['meta', 'mark']:
                        gone = lab.run(*lab.inside(rig.pod, 'nft', 'delete', 'rule', 'inet', table, chain, 'handle',
                                                   words[-1]))
                        self.assertEqual(gone.returncode, 0, gone.stderr)
            # By the register of our own sockets, or because the rules are found changed: whichever is first.
            self.stops_itself(rig, ctl, begin, '')

    def test_i1_rules_of_others_that_take_the_mark_away_stop_the_steal(self):
        with lab.Lab() as rig, Taker() as taker:
            ctl = self.steal(rig, taker)
            self.stops_itself(rig, ctl, lambda: lab.run(*lab.inside(
                rig.pod, 'nft', 'add table inet evil; add chain inet evil out '
                '{ type route hook output priority -200; }; add rule inet evil out meta mark set 0')), 'packet rules loop')

    def test_f19_a_second_agent_is_told_of_the_first(self):
        with lab.Lab() as rig, Taker() as taker:
            for agent in (lab.AGENT, rig.agent_with('--timed-redirect')):
                first = self.steal(rig, taker, agent=agent)
                second = rig.ctl('--mode', 'steal', '--filter-text', FILTER, '--to', taker.address)
                self.assertNotEqual(second.child.wait(20), 0)
                self.assertIn('another agent steals it already', second.said())
                self.assertIn('process %d' % first.agent(), second.said())
                self.assertTrue(stolen(rig), 'the first goes on')
                first.finish()

    def test_s20_a_dead_agents_timed_rules_are_removed_by_the_next(self):
        with lab.Lab() as rig, Taker() as taker:
            ctl = self.steal(rig, taker, agent=rig.agent_with('--timed-redirect'))
            ctl.child.send_signal(signal.SIGSTOP)
            for victim in (ctl.worker(), ctl.agent()):
                os.kill(victim, signal.SIGSTOP)
            for victim in (ctl.worker(), ctl.agent()):
                os.kill(victim, signal.SIGKILL)
            lab.until(lambda: 'elements' not in rig.rules(), 6, 'the redirect to expire')
            ctl.child.kill()
            # Whoever only looks says so; whoever comes to stay removes them, before it is told to steal.
            table = re.search(r'podglass_8080_\w+', rig.rules()).group()
            second = rig.ctl('--mode', 'mirror').ready()
            self.assertIn('removed packet rules that a killed agent had left here: ' + table, second.said())
            self.assertEqual(rig.rules(), '')
            second.finish()

    def rules_of(self, rig, *options):
        address = 'local/netns/' + rig.pod
        shown = lab.run(lab.CTL, 'rules', address, '--agent', lab.AGENT, '--quiet', *options)
        self.assertEqual(shown.returncode, 0, shown.stderr)
        return shown.stdout

    def test_rules_in_force_are_shown(self):
        with lab.Lab() as rig, Taker() as taker:
            self.assertIn('none: it redirects nothing', self.rules_of(rig))
            lab.run(*lab.inside(rig.pod, 'nft', 'add table ip mesh; add chain ip mesh ISTIO_IN { type nat hook prerouting '
                                'priority -100; }; add rule ip mesh ISTIO_IN tcp dport 1 accept'))
            first = self.steal(rig, taker)
            text = self.rules_of(rig)
            self.assertIn('ip mesh ISTIO_IN: nat hook prerouting priority -100, 1 rule', text)
            self.assertIn("Istio's rules are here", text)
            self.assertIn('another agent steals from port 8080: podglass-agent, process %d' % first.agent(), text)
            parsed = json.loads(self.rules_of(rig, '--json'))
            self.assertEqual(parsed['own'], '')
            self.assertEqual(len(parsed['notes']), 2)
            first.finish()
            self.assertNotIn('another agent', self.rules_of(rig))

    def old_connections(self, count):
        """Packets that the capture was given of 200 connections that the proxy carried, beside `count` older ones
        that had never said anything."""
        with lab.Lab() as rig, Taker() as taker:
            hold = rig.start('python3', '-c', CALLERS, str(count), where=rig.caller, stdin=subprocess.PIPE,
                             stdout=subprocess.PIPE, text=True).child
            held = 'state established ( sport = :8080 )'
            lab.until(lambda: len(lab.run(*lab.inside(rig.pod, 'ss', '-tnH', *held.split())).stdout.splitlines())
                      == count, what='the old connections')
            ctl = self.steal(rig, taker)

            def all_shown():
                hold.stdin.write('\n')
                hold.stdin.flush()
                self.assertEqual(hold.stdout.readline().strip(), str(count), 'they go to the service as before')
                return sum(event['joined_late'] for event in ctl.of('connection-opened')) == count
            lab.until(all_shown, what='all old connections to be shown')

            def packets():
                first = ctl.telemetry
                lab.until(lambda: ctl.telemetry is not first, what='telemetry')
                second = ctl.telemetry  # what was captured before the call is counted by now
                lab.until(lambda: ctl.telemetry is not second, what='telemetry')
                return ctl.telemetry['packets']
            before = packets()
            rig.get('/b100?[1-200]', '-o', '/dev/null', '-H', 'Connection: close')
            return packets() - before

    def test_f20_old_connections_are_left_alone_and_shown(self):
        self.assertLess(self.old_connections(20), 100)

    def test_f20_more_than_a_kernel_filter_can_name(self):
        self.assertGreater(self.old_connections(100), 1000)

    def test_f24_the_namespace_is_deleted(self):
        with lab.Lab() as rig, Taker() as taker:
            ctl = self.steal(rig, taker)
            lab.run('ip', 'netns', 'delete', rig.pod)
            lab.until(lambda: 'the network namespace was deleted' in ctl.said(), 5, 'podglassctl to be told')


if __name__ == '__main__':
    lab.main()
