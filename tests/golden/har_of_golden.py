# SPDX-License-Identifier: Apache-2.0
"""HAR files of every golden capture: each is JSON with all that HAR 1.2 demands, has an entry for each exchange that
podglassctl tells otherwise, no secret of a header field, and is not written where there is no room (F10)."""
import base64
import datetime
import glob
import json
import os
import subprocess
import tempfile
import unittest

CTL, GOLDEN = os.environ['PODGLASSCTL'], os.environ['PODGLASS_GOLDEN']
CAPTURES = sorted(glob.glob(GOLDEN + '/*/*/input.pcap')) + sorted(glob.glob(GOLDEN + '/kernel/*.pcap'))[::4]
SECRETS = ('authorization', 'proxy-authorization', 'cookie', 'set-cookie', 'x-api-key')
# Name: type, of what may not be left out (http://www.softwareishard.com/blog/har-12-spec/).
ENTRY = {'startedDateTime': str, 'time': (int, float), 'request': dict, 'response': dict, 'cache': dict, 'timings': dict}
MESSAGE = {'httpVersion': str, 'cookies': list, 'headers': list, 'headersSize': int, 'bodySize': int}
REQUEST = {'method': str, 'url': str, 'queryString': list, **MESSAGE}
RESPONSE = {'status': int, 'statusText': str, 'content': dict, 'redirectURL': str, **MESSAGE}


def read(*arguments):
    return subprocess.run([CTL, 'read', *arguments], capture_output=True, timeout=60)


class HarOfGolden(unittest.TestCase):
    def demand(self, thing, members):
        for name, kind in members.items():
            self.assertIsInstance(thing.get(name), kind, name)

    def pairs(self, listed):
        for one in listed:
            self.demand(one, {'name': str, 'value': str})

    def entry(self, entry):
        self.demand(entry, ENTRY)
        datetime.datetime.fromisoformat(entry['startedDateTime'].replace('Z', '+00:00'))
        self.demand(entry['request'], REQUEST)
        self.demand(entry['response'], RESPONSE)
        self.assertTrue(entry['request']['url'].startswith('http'))
        for message in (entry['request'], entry['response']):
            self.pairs(message['headers'])
            self.pairs(message['cookies'])
            for field in message['headers']:
                if field['name'].lower() in SECRETS:
                    self.assertEqual(field['value'], '***')
        self.pairs(entry['request']['queryString'])
        if 'postData' in entry['request']:
            self.demand(entry['request']['postData'], {'mimeType': str, 'text': str})
        content = entry['response']['content']
        self.demand(content, {'size': int, 'mimeType': str})
        if content.get('encoding') == 'base64':
            base64.b64decode(content['text'], validate=True)
        timings = entry['timings']
        for name in ('send', 'wait', 'receive'):
            self.assertGreaterEqual(timings[name], 0)
        self.assertAlmostEqual(sum(took for took in timings.values() if took != -1), entry['time'], places=2)

    def test_every_capture(self):
        entries = 0
        for capture in CAPTURES:
            with self.subTest(capture=capture):
                done = read('--har', '-', capture)
                self.assertEqual(done.returncode, 0, done.stderr)
                log = json.loads(done.stdout)['log']
                self.demand(log, {'version': str, 'creator': dict, 'entries': list, 'comment': str})
                self.demand(log['creator'], {'name': str, 'version': str})
                for entry in log['entries']:
                    self.entry(entry)
                told = [json.loads(line) for line in read('--exchanges', '--json', capture).stdout.splitlines()]
                self.assertEqual(sorted((e['request']['method'], e['response']['status']) for e in log['entries']),
                                 sorted((e.get('method', ''), e.get('status', 0)) for e in told))
                entries += len(log['entries'])
        self.assertGreater(entries, 30)

    def test_no_half_file(self):
        capture = GOLDEN + '/http/nginx-curl/input.pcap'
        with tempfile.TemporaryDirectory() as folder:
            # Room for 4 KiB only: a limit stands for the disk (the disk itself: tst_new_file).
            done = subprocess.run(['prlimit', '--fsize=4096', 'sh', '-c', 'trap "" XFSZ; exec "$0" "$@"',
                                   CTL, 'read', '--har', folder + '/x.har', capture], capture_output=True)
            self.assertEqual(done.returncode, 1)
            self.assertIn(b'x.har.part', done.stderr)
            self.assertEqual(os.listdir(folder), [])
            self.assertEqual(read('--har', folder + '/x.har', capture).returncode, 0)
            self.assertEqual(os.listdir(folder), ['x.har'])
            again = read('--har', folder + '/x.har', capture)
            self.assertEqual(again.returncode, 1)
            self.assertIn(b'choose another name', again.stderr)


if __name__ == '__main__':
    unittest.main()
