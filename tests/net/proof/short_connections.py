# SPDX-License-Identifier: Apache-2.0
"""10,000 short connections from a real client to a real nginx, mirrored: every one is listed, request and
response paired, with the statuses and body sizes that the caller saw, and nothing is lost.
PODGLASS_PROOF_CONNECTIONS sets another number."""
import json
import os
import subprocess
import unittest

import lab

COUNT = int(os.environ.get('PODGLASS_PROOF_CONNECTIONS', '10000'))
CALLERS = 4


def load(where, address, count, callers=CALLERS):
    """What the callers asked and got, by number."""
    share = count // callers
    running = [subprocess.Popen(lab.inside(where, 'python3', lab.HERE + '/load.py', 'short', address, str(share),
                                           str(i * share)), stdout=subprocess.PIPE, text=True)
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
            asked = load(rig.caller, address, count)
            self.assertEqual(len(asked), count)
            try:
                lab.until(lambda: len(listed.closed) >= count, what='%d connections' % count)
            except AssertionError as missing:
                self.fail('%s: %d opened, %d closed, %d answered wrongly; odd: %s; %s; telemetry %s'
                          % (missing, len(listed.opened), len(listed.closed), len(differences(asked, listed)),
                             listed.odd[:3], differences(asked, listed)[:3], ctl.telemetry))
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


if __name__ == '__main__':
    lab.main()
