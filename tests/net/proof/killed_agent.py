# SPDX-License-Identifier: Apache-2.0
"""Fault F1: SIGKILL of the agent's guard, of its worker, or of both, while it steals under load: the service
answers fresh connections again at once, no rule stays, and the session comes back by itself.
As a program: killed_agent.py ROUNDS prints figures for each of the three, and for redirects without an owner;
killed_agent.py ROUNDS timed for those alone."""
import http.server
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import unittest

import lab

CALLERS = 8
FILTER = 'header "x-pg-steal" is "1"'


class Taker(http.server.ThreadingHTTPServer):
    """Answers stolen requests on this side."""
    daemon_threads = True

    class Answer(http.server.BaseHTTPRequestHandler):
        protocol_version = 'HTTP/1.1'

        def do_GET(self):
            body = b'taken'
            self.send_response(299)
            self.send_header('Content-Length', str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    def __init__(self):
        super().__init__(('127.0.0.1', 0), self.Answer)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()

    @property
    def address(self):
        return '127.0.0.1:%d' % self.server_address[1]


def stolen(rig):
    return rig.get('/b1', '-o', '/dev/null', '-w', '%{http_code}', '-H', 'x-pg-steal: 1').stdout == '299'


def one_round(rig, taker, whom='both', agent=lab.AGENT, watched=0.3):
    """(milliseconds until each of 8 callers was answered, failures until then, rules left, answered before, and
    how many callers were never told that the connection they had under way ended: they wait for
    their own timeout, and do not ask the service again meanwhile).

    Failures after a good answer are not the kill's: the kernel remembers for 10 s where it translated a
    connection that was reset, and a caller that takes the same source port again within them is refused."""
    ctl = rig.ctl('--mode', 'steal', '--filter-text', FILTER, '--to', taker.address, keep=False, agent=agent).ready()
    lab.until(lambda: stolen(rig), what='a stolen request')
    said = [tempfile.TemporaryFile('w+') for _ in range(CALLERS)]
    callers = [subprocess.Popen(lab.inside(rig.caller, 'python3', lab.HERE + '/load.py', 'steady', lab.POD4),
                                stdin=subprocess.PIPE, stdout=lines) for lines in said]
    lab.until(lambda: all(os.fstat(lines.fileno()).st_size for lines in said), what='the callers to run')
    time.sleep(0.3)  # a stretch of load, not a wait for something
    guard, worker = ctl.agent(), ctl.worker()
    ctl.child.send_signal(signal.SIGSTOP)  # or it would bring a new agent within milliseconds
    killed = time.monotonic()
    for victim in {'guard': [guard], 'worker': [worker], 'both': [guard, worker]}[whom]:
        os.kill(victim, signal.SIGKILL)
    lab.until(lambda: time.monotonic() > killed + watched)
    left = rig.rules()
    if agent == lab.AGENT:
        lab.until(lambda: 'podglass' not in rig.rules(), what='the tables to end with their owners')
    lines = []
    for caller, written in zip(callers, said):
        caller.communicate()
        written.seek(0)
        lines.append([line.split() for line in written])
        written.close()
    ctl.child.send_signal(signal.SIGCONT)
    # Mirroring comes back by itself, stealing does not.
    lab.until(lambda: ctl.states[-1]['mode'] == 'mirror', what='the session to come back')
    if stolen(rig):
        raise AssertionError('it steals again and nobody asked for it')
    ctl.finish()
    waits, failures, before, untold = [], 0, 0, 0
    for answers in lines:
        parsed = [(float(begin), float(end), int(status)) for begin, end, status in answers]
        good = [end for begin, end, status in parsed if begin >= killed and status == 200]
        failures += sum(status != 200 and end > killed and begin < (good or [end])[0] for begin, end, status in parsed)
        if any(begin < killed and end > killed + watched for begin, end, _ in parsed):
            untold += 1
        else:
            waits.append((good[0] - killed) * 1000 if good else float('inf'))
        before += sum(status == 200 and end < killed for _, end, status in parsed)
    return waits, failures, left, before, untold


class KilledAgent(unittest.TestCase):

    def killed(self, whom, rounds=3):
        with lab.Lab() as rig, Taker() as taker:
            firsts, lasts = [], []
            for _ in range(rounds):
                waits, failures, left, before, untold = one_round(rig, taker, whom, watched=0.9)
                self.assertGreater(before, CALLERS, 'the callers were served while it stole')
                self.assertNotIn('redirect to', left)
                # What was under way fails, and now and then who comes just before the rules' end: each caller
                # asks again after a millisecond, so on a busy machine this is how long that took.
                if os.environ.get('PODGLASS_QUIET') == '1':
                    self.assertLessEqual(failures, 2 * CALLERS)
                self.assertEqual(untold, 0)
                firsts.append(min(waits))
                lasts.append(max(waits))
            print('%s: answered after %.1f ms (first caller), %.1f ms (last of 8 callers), medians of %d; worst %.1f ms'
                  % (whom, statistics.median(firsts), statistics.median(lasts), rounds, max(lasts)))
            # Speed is the benchmark's; this only tells "at once" from "after a timeout".
            self.assertLess(max(lasts), 1000)

    def test_f1_killed_guard(self):
        self.killed('guard')

    def test_f1_killed_worker(self):
        self.killed('worker')

    def test_f1_both_killed(self):
        self.killed('both')

    def test_f1_without_an_owner_the_redirect_expires(self):
        # Both at once leave rules that redirect nothing any more; the next agent removes them.
        with lab.Lab() as rig, Taker() as taker:
            waits, _, left, _, _ = one_round(rig, taker, 'both', rig.agent_with('--timed-redirect'), 4.5)
            print('both, timed: the last of 8 callers was answered after %.0f ms' % max(waits))
            self.assertLess(max(waits), 4000)
            self.assertNotIn('elements', left, 'nothing renews it any more')

    def test_f1_without_an_owner_the_guard_removes_the_rules_of_a_dead_worker(self):
        with lab.Lab() as rig, Taker() as taker:
            waits, _, left, _, untold = one_round(rig, taker, 'worker', rig.agent_with('--timed-redirect'))
            self.assertNotIn('podglass', left)
            self.assertEqual(untold, 0)
            self.assertLess(max(waits), 1000)


def bench(rounds, only_timed):
    for whom, timed in (('guard', False), ('worker', False), ('both', False), ('both', True)):
        if only_timed and not timed:
            continue
        firsts, lasts, failed, left, never = [], [], 0, 0, 0
        with lab.Lab() as rig, Taker() as taker:
            agent = rig.agent_with('--timed-redirect') if timed else lab.AGENT
            for _ in range(rounds):
                waits, failures, rules, _, untold = one_round(rig, taker, whom, agent, 4.5 if timed else 0.3)
                firsts.append(min(waits))
                lasts.append(max(waits))
                failed += failures
                never += untold
                left += 'elements' in rules if timed else 'redirect to' in rules
        what = 'SIGKILL of ' + whom + (', redirect without an owner' if timed else '')
        for name, values in (('first of 8 callers', firsts), ('last of 8 callers', lasts)):
            print('%s: %s answered after: median %.2f ms, worst %.2f ms, n=%d'
                  % (what, name, statistics.median(values), max(values), rounds))
        print('%s: requests that failed: %d (%.1f a kill); callers not told: %d; rounds with a rule in force left: %d'
              % (what, failed, failed / rounds, never, left), flush=True)


if __name__ == '__main__':
    if len(sys.argv) > 1:
        bench(int(sys.argv[1]), sys.argv[2:] == ['timed'])
    else:
        lab.main()
