# SPDX-License-Identifier: Apache-2.0
"""10,000 short connections from a real client to a real nginx, mirrored: every one is listed, request and
response paired, with the statuses and body sizes that the caller saw, and nothing is lost.
The test asks in blocks and waits until each is listed, so that an unoptimised build on a busy machine
passes as well. As a program, short_connections.py RUNS asks as fast as the callers can: for the release
build, where a loss is a figure and not a mistake of the test. PODGLASS_PROOF_CONNECTIONS sets the number."""
import json
import os
import subprocess
import sys
import time
import unittest

import lab

COUNT = int(os.environ.get('PODGLASS_PROOF_CONNECTIONS', '10000'))
CALLERS = 4
BLOCK = 200  # about 2.5 MB: fits every ring on the way


def load(where, address, count, first=0, callers=CALLERS):
    """What the callers asked and got, by number."""
    share = count // callers
    running = [subprocess.Popen(lab.inside(where, 'python3', lab.HERE + '/load.py', 'short', address, str(share),
                                           str(first + i * share)), stdout=subprocess.PIPE, text=True)
               for i in range(callers)]
    lines = []
    for caller in running:
        lines += caller.communicate()[0].splitlines()
    return {entry['n']: entry for entry in map(json.loads, lines)}


class Listed:
    """Exchanges put together from the events of podglassctl."""

    def __init__(self):
        self.exchanges, self.opened, self.closed, self.odd, self.count = {}, set(), {}, [], 0

    def take(self, event):
        self.count += 1
        kind = event['kind']
        key = (event['connection'], event.get('exchange'))
        if kind == 'connection-opened':
            self.opened.add(event['connection'])
        elif kind == 'connection-closed':
            self.closed[event['connection']] = event['reason']
        elif kind == 'request':
            self.exchanges.setdefault(key, {}).update(method=event['method'], target=event['target'], at=event['at'])
        elif kind == 'response':
            self.exchanges.setdefault(key, {}).update(status=event['status'], answered=event['at'])
        elif kind == 'message-end':
            self.exchanges.setdefault(key, {})[event['direction']] = (event['fate'], event['body_bytes'])
        elif kind in ('lost', 'gap'):
            self.odd.append(event)

    def by_number(self):
        return {int(e['target'].rsplit('n=', 1)[1]): e for e in self.exchanges.values() if 'n=' in e.get('target', '')}


def differences(asked, listed):
    """Words for each request that is not shown as it was."""
    wrong = []
    shown = listed.by_number()
    for number, entry in asked.items():
        seen = shown.get(number)
        if entry['status'] != entry['expected'] or entry['size'] not in (None, entry['got']):
            wrong.append('the service itself answered otherwise: %s' % entry)
        elif seen is None:
            wrong.append('not listed: %s' % entry)
        elif (seen['method'], seen.get('status')) != (entry['method'], entry['status']):
            wrong.append('%s shown as %s' % (entry, seen))
        elif seen.get('client-to-server') != ('complete', entry['sent']):
            wrong.append('request body of %s shown as %s' % (entry, seen))
        elif seen.get('server-to-client') != ('complete', entry['got']):
            wrong.append('response body of %s shown as %s' % (entry, seen))
        elif seen['answered'] < seen['at']:
            wrong.append('answered before it was asked: %s' % seen)
    return wrong


class ShortConnections(unittest.TestCase):

    def mirrored(self, address, count):
        with lab.Lab() as rig:
            listed = Listed()
            ctl = rig.ctl(sink=listed.take).ready()
            asked = {}
            for first in range(0, count, BLOCK):
                asked.update(load(rig.caller, address, BLOCK, first))
                lab.until(lambda: len(listed.closed) >= len(asked), what='%d connections' % len(asked))
            self.assertEqual(len(asked), count)
            telemetry = lab.until(lambda: ctl.delivered() == listed.count and ctl.telemetry,
                                  what='telemetry that counts what was read')
            ctl.finish()
            wrong = differences(asked, listed)
            self.assertEqual(wrong[:5], [], '%d differ' % len(wrong))
            self.assertEqual(len(listed.opened), count)
            self.assertEqual(len(listed.closed), count)
            self.assertEqual(len(listed.exchanges), count)
            self.assertEqual(listed.odd[:5], [])
            self.assertEqual(telemetry['events']['offered'], listed.count)
            self.assertEqual(telemetry['events']['lost'], 0)
            self.assertEqual(telemetry['kernel_drops'], 0)
            print('%d of %d connections listed and paired, %d events, 0 lost'
                  % (len(listed.by_number()), count, listed.count))

    def test_every_one_over_ipv4(self):
        self.mirrored(lab.POD4, COUNT)

    def test_every_one_over_ipv6(self):
        self.mirrored(lab.POD6, COUNT // 10)


def bench(runs):
    for _ in range(runs):
        with lab.Lab() as rig:
            listed = Listed()
            ctl = rig.ctl(sink=listed.take).ready()
            begin = time.monotonic()
            asked = load(rig.caller, lab.POD4, COUNT)
            took = time.monotonic() - begin
            # Telemetry comes in order behind the events: the first that is a second younger than the last
            # answer counts all of them, and everything before it has been read by then.
            ended = time.time() + 1
            said = lab.until(lambda: ctl.telemetry and ctl.telemetry['at'] > ended * 1e9 and ctl.telemetry,
                             patience=120, what='telemetry from behind the load')
            memory = (lab.memory(ctl.agent()) + lab.memory(ctl.worker())) / 2**20
            ctl.finish()
            print('%d connections in %.2f s: %d shown right, %d events lost, %d packets dropped by the kernel; '
                  'anonymous memory of the agent %.1f MiB'
                  % (COUNT, took, COUNT - len(differences(asked, listed)), said['events']['lost'],
                     said['kernel_drops'], memory), flush=True)


if __name__ == '__main__':
    if sys.argv[1:2] and sys.argv[1].isdigit():
        os.environ['PATH'] += ':/usr/sbin:/sbin'
        bench(int(sys.argv[1]))
    else:
        lab.main()
