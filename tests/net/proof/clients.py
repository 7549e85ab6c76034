# SPDX-License-Identifier: Apache-2.0
"""Two followers of one target, one of them stopped: the other loses nothing, and the stopped one is told
afterwards exactly what it lost."""""
import os
import signal
import subprocess
import tempfile
import unittest

import lab


class Sum:
    """Events and payload of a client as it printed them."""

    def __init__(self):
        self.events = self.bytes = self.lost_events = self.lost_bytes = self.closed = 0

    def take(self, event):
        if event['kind'] == 'lost':
            self.lost_events += event['events']
            self.lost_bytes += event['bytes']
        else:
            self.events += 1
            self.closed += event['kind'] == 'connection-closed'


class Clients(unittest.TestCase):

    def test_a_stopped_client_is_told_and_the_other_loses_nothing(self):
        requests = 150
        with lab.Lab() as rig, tempfile.TemporaryDirectory(prefix='pg-proof-') as folder:
            secret = folder + '/secret'
            with open(secret, 'w') as file:
                file.write('a secret that both clients know')
            os.chmod(secret, 0o600)
            rig.start(lab.AGENT, '--listen', 'unix:' + folder + '/s', '--secret-file', secret,
                      stderr=subprocess.DEVNULL)
            lab.until(lambda: os.path.exists(folder + '/s'), what='the agent')
            address = 'agent+unix:%s/s//netns/%s' % (folder, rig.pod)
            sums = Sum(), Sum()
            slow, fast = (rig.ctl('--secret-file', secret, address=address, sink=one.take).ready() for one in sums)
            slow.child.send_signal(signal.SIGSTOP)
            # 150 bodies of 150,000 bytes: more than credit, socket buffers and the ring hold. In blocks, so
            # that the client that follows can follow on a busy machine too.
            for asked in range(10, requests + 1, 10):
                rig.get('/b150000?[1-10]', '-o', '/dev/null', '-H', 'Connection: close')
                lab.until(lambda: sums[1].closed == asked, what='the fast client to see all')
            slow.child.send_signal(signal.SIGCONT)
            lab.until(lambda: slow.telemetry and slow.telemetry['events']['lost'] and slow.telemetry['lag']['events'] == 0
                      and slow.delivered() == sums[0].events, what='the slow client to catch up')
            said = slow.telemetry
            whole = lab.until(lambda: fast.delivered() == sums[1].events and fast.telemetry, what='telemetry')
            self.assertEqual(sums[1].lost_events, 0)
            self.assertEqual(whole['events']['lost'], 0)
            for kind in ('events', 'bytes'):
                self.assertEqual(said[kind]['offered'], said[kind]['delivered'] + said[kind]['lost'])
                self.assertEqual(said[kind]['offered'], whole[kind]['offered'])
            self.assertEqual(sums[0].lost_events, said['events']['lost'])
            self.assertEqual(sums[0].lost_bytes, said['bytes']['lost'])
            self.assertEqual(said['kernel_drops'], 0)
            print('of %d bytes the stopped client got %d and was told of %d lost; the other lost 0'
                  % (said['bytes']['offered'], said['bytes']['delivered'], said['bytes']['lost']))


if __name__ == '__main__':
    lab.main()
