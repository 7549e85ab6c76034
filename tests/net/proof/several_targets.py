# SPDX-License-Identifier: Apache-2.0
"""One client follows two targets by one agent: the same requests, seen at the caller's end and at the pod's."""
import unittest

import lab


class SeveralTargets(unittest.TestCase):

    def test_each_event_says_whose_it_is(self):
        requests = 20
        with lab.Lab() as rig:
            client = rig.ctl('--also', 'local/netns/' + rig.caller)
            lab.until(lambda: len(client.states) == 2, what='both to be mirrored; it said: ' + client.said())
            named = {event['spec']: event['target_id'] for event in client.of('attached')}
            self.assertEqual(set(named), {'netns:' + rig.pod, 'netns:' + rig.caller})
            self.assertEqual({state['target'] for state in client.states}, set(named.values()))
            self.assertEqual(len(lab.children(client.child.pid)), 1)  # one agent
            for _ in range(requests):
                self.assertEqual(rig.get('/b2000').returncode, 0)
            lab.until(lambda: len(client.of('connection-closed')) == 2 * requests, what='all connections to end')
            client.finish()
            for target in named.values():
                seen = [event for event in client.events if event.get('target_id') == target]
                count = {kind: sum(event['kind'] == kind for event in seen)
                         for kind in ('request', 'response', 'connection-closed')}
                self.assertEqual(set(count.values()), {requests}, count)
            whose = {}
            for event in client.events:
                if event.get('connection'):
                    whose.setdefault(event['connection'], set()).add(event['target_id'])
            self.assertEqual(len(whose), 2 * requests)
            self.assertTrue(all(len(targets) == 1 for targets in whose.values()))

    def test_a_target_that_goes_leaves_the_other(self):
        with lab.Lab() as rig:
            lab.subprocess.run(['ip', 'netns', 'add', rig.pod + '-2'], check=True)
            try:
                client = rig.ctl('--also', 'local/netns/' + rig.pod + '-2')
                lab.until(lambda: len(client.states) == 2, what='both; it said: ' + client.said())
            finally:
                lab.run('ip', 'netns', 'delete', rig.pod + '-2')
            self.assertEqual(rig.get('/b100').returncode, 0)
            lab.until(lambda: client.of('response'), what='the request; it said: ' + client.said())
            client.finish()

    def test_another_host_is_refused_in_words(self):
        with lab.Lab(nginx=False) as rig:
            client = rig.ctl('--also', 'ssh://elsewhere/netns/x')
            self.assertEqual(client.child.wait(10), 1)
            self.assertIn('of one host', client.said())


if __name__ == '__main__':
    lab.main()
