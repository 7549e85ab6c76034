# SPDX-License-Identifier: Apache-2.0
"""F23 for files: what podglassctl says of every golden capture does not change when its system calls give a few
bytes at a time, are interrupted or have to be tried again; without descriptors it says so."""
import glob
import os
import subprocess
import sys
import tempfile
import unittest

CTL, SHIM, GOLDEN = os.environ['PODGLASSCTL'], os.environ['CALL_SHIM'], os.environ['PODGLASS_GOLDEN']
FORMS = (['--json'], ['--messages'], ['--har', '-'])


def captures():
    return sorted(glob.glob(GOLDEN + '/*/*/input.pcap')) + sorted(glob.glob(GOLDEN + '/kernel/*.pcap'))[::6]


def said(arguments, **shim):
    done = subprocess.run([CTL, *arguments], env={**os.environ, **shim}, capture_output=True, timeout=60)
    return done.returncode, done.stdout, done.stderr


class UnkindCalls(unittest.TestCase):
    def test_captures_read_the_same(self):
        self.assertGreater(len(captures()), 10)
        unkind = 0
        with tempfile.NamedTemporaryFile() as told:
            for number, capture in enumerate(captures()):
                for form in FORMS:
                    with self.subTest(capture=capture, form=form):
                        shim = {'LD_PRELOAD': SHIM, 'PODGLASS_SHIM': str(number + 1), 'PODGLASS_SHIM_TOLD': told.name}
                        self.assertEqual(said(['read', *form, capture], **shim), said(['read', *form, capture]))
                        told.seek(0)
                        unkind += int(told.read())
        self.assertGreater(unkind, len(captures()) * len(FORMS))  # the shim is there

    def test_without_descriptors(self):
        capture = captures()[0]
        status, output, words = said(['read', capture], LD_PRELOAD=SHIM, PODGLASS_SHIM_REFUSES=capture)
        self.assertEqual((status, output), (1, b''))
        self.assertIn(b'Too many open files', words)
        self.assertIn(capture.encode(), words)


if __name__ == '__main__':
    if os.environ.get('SHIM_SKIP'):
        print('SKIP-ALL: sanitizers want to be loaded first')
        sys.exit(0)
    unittest.main()
