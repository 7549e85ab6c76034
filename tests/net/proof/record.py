# SPDX-License-Identifier: Apache-2.0
"""podglassctl record of live exchanges, read back by podglassctl read and by tshark, beside what tcpdump
captured at the same place: the same connections, bytes, requests and holes."""
import json
import os
import shutil
import signal
import socket
import struct
import subprocess
import unittest

import lab

PORT = 9999  # nothing listens there, and the addresses are nobody's: no kernel answers
CLIENT, SERVER = '10.88.7.77', '10.88.7.99'


def checksum(data):
    data += b'\0' * (len(data) % 2)
    total = sum(struct.unpack('>%dH' % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


class Wire:
    """Segments of a made-up connection onto the caller's end of the cable, as a switch would flood them."""

    def __init__(self, send):
        self.send, self.next = send, {True: 1000, False: 5000}

    def segment(self, to_server, data=b'', flags=0x18, drop=False):
        source, target = (CLIENT, SERVER) if to_server else (SERVER, CLIENT)
        ports = (41000, PORT) if to_server else (PORT, 41000)
        ends = socket.inet_aton(source) + socket.inet_aton(target)
        tcp = struct.pack('>HHIIBBHHH', *ports, self.next[to_server], self.next[not to_server], 0x50, flags, 65000, 0, 0)
        check = checksum(ends + struct.pack('>HH', 6, len(tcp) + len(data)) + tcp + data)
        tcp = tcp[:16] + struct.pack('>H', check) + tcp[18:]
        ip = struct.pack('>BBHHHBBH', 0x45, 0, 40 + len(data), 0, 0x4000, 64, 6, 0) + ends
        ip = ip[:10] + struct.pack('>H', checksum(ip)) + ip[12:]
        if not drop:
            self.send(b'\xff' * 6 + b'\x02\0\0\0\0\x07' + b'\x08\0' + ip + tcp + data)
        self.next[to_server] += len(data) + (1 if flags & 3 else 0)

    def exchange_with_a_hole(self):
        self.segment(True, flags=2)
        self.segment(False, flags=0x12)
        self.segment(True, flags=0x10)
        self.segment(True, b'GET /holed HTTP/1.1\r\nHost: shop\r\n\r\n')
        self.segment(False, b'HTTP/1.1 200 OK\r\nContent-Length: 3000\r\n\r\n' + b'a' * 1000)
        self.segment(False, b'b' * 700, drop=True)
        self.segment(False, b'c' * 1300)
        self.segment(True, flags=0x10)
        self.segment(True, flags=0x11)
        self.segment(False, flags=0x11)
        self.segment(True, flags=0x10)


SENDER = '''
import socket, sys
out = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
out.bind(('eth0', 0))
for line in sys.stdin:
    out.send(bytes.fromhex(line))
'''


def connections(file):
    """What podglassctl read says of each connection, without what a recording cannot keep."""
    found = []
    read = subprocess.run([lab.CTL, 'read', '--json', file], capture_output=True, text=True)
    for line in read.stdout.splitlines():
        one = json.loads(line)
        # How it ended may be a matter of waiting: behind a hole nothing follows in a file.
        del one['first_frame'], one['close']
        one['anomalies'] = [name for name in one['anomalies'] if name in ('gap', 'overlap')]
        found.append(one)
    return sorted(found, key=lambda one: one['a'])


class Record(unittest.TestCase):

    def test_what_is_recorded_is_what_was_there(self):
        with lab.Lab() as rig:
            captured, recorded = (os.path.join(rig.folder, name) for name in ('seen.pcap', 'made.pcapng'))
            dump = rig.start('tcpdump', '-i', 'eth0', '-U', '-B', '8192', '-w', captured, 'tcp port 8080 or %d' % PORT,
                             where=rig.pod, stderr=subprocess.PIPE, text=True)
            lab.until(lambda: 'listening' in dump.child.stderr.readline(), what='tcpdump')
            record = rig.start(lab.CTL, 'record', 'local/netns/' + rig.pod, recorded, '--agent', lab.AGENT,
                               '--port', '8080', '--port', str(PORT), stderr=subprocess.PIPE, text=True)
            said = 0
            while said < 2:
                line = record.child.stderr.readline()
                self.assertTrue(line, 'podglassctl ended')
                said += 'recording port' in line
            for path, *more in (('/b2000',), ('/b150000',), ('/status/404',), ('/b0', '-H', 'X-Long: ' + 'x' * 3000),
                                ('/b1000000',)):
                self.assertEqual(rig.get(path, '-o', '/dev/null', *more).returncode, 0)
            self.assertEqual(rig.get('/b100', '-o', '/dev/null', address=lab.POD6).returncode, 0)
            sender = subprocess.Popen(lab.inside(rig.caller, 'python3', '-c', SENDER), stdin=subprocess.PIPE, text=True)
            Wire(lambda frame: sender.stdin.write(frame.hex() + '\n')).exchange_with_a_hole()
            sender.stdin.close()
            sender.wait()
            part = recorded + '.part'
            lab.until(lambda: len(connections(captured)) == 7 and connections(part) == connections(captured),
                      what='tcpdump and the recording to be whole')
            self.assertFalse(os.path.exists(recorded))
            self.assertEqual(record.stop(signal.SIGINT), 0)
            dump.stop(signal.SIGINT)
            made = connections(recorded)
            self.assertEqual(made, connections(captured))
            holed = [one for one in made if one['a'].startswith(CLIENT)][0]
            self.assertEqual([gap[1] for gap in holed['ba']['gaps']], [700])
            if shutil.which('tshark'):
                self.tshark_agrees(recorded)

    def tshark_agrees(self, recorded):
        def fields(*which, shown='tcp'):
            words = [word for name in which for word in ('-e', name)]
            return lab.run('tshark', '-r', recorded, '-Y', shown, '-T', 'fields', *words).stdout.split('\n')[:-1]
        self.assertEqual(len(set(fields('tcp.stream'))), 7)
        self.assertEqual(fields('http.request.uri', shown='http.request').count('/b150000'), 1)
        self.assertIn('made', lab.run('capinfos', '-k', recorded).stdout)
        self.assertTrue(any('700 bytes to the client are missing here: missed by capture' in line
                            for line in fields('frame.comment', shown='frame.comment')))
        self.assertEqual(fields('frame.number', shown='_ws.malformed || tcp.checksum.status == 0'), [])

    def test_a_number_of_connections_ends_it_and_a_pipe_will_do(self):
        with lab.Lab() as rig:
            record = rig.start(lab.CTL, 'record', 'local/netns/' + rig.pod, '-', '--agent', lab.AGENT, '--port', '8080',
                               '--connections', '2', stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            while b'recording port' not in record.child.stderr.readline():
                self.assertIsNone(record.child.poll())
            for path in ('/b100', '/b2000'):
                rig.get(path, '-o', '/dev/null')
            file, _ = record.child.communicate(timeout=lab.PATIENCE)
            self.assertEqual(record.child.returncode, 0)
            read = subprocess.run([lab.CTL, 'read', '--exchanges', '--json', '-'], input=file, capture_output=True)
            self.assertEqual([json.loads(line)['target'] for line in read.stdout.splitlines()], ['/b100', '/b2000'])

    def test_an_existing_file_stays(self):
        with lab.Lab(nginx=False) as rig:
            path = os.path.join(rig.folder, 'there')
            with open(path, 'w') as file:
                file.write('mine')
            done = lab.run(lab.CTL, 'record', 'local/netns/' + rig.pod, path, '--agent', lab.AGENT, '--seconds', '1')
            self.assertEqual(done.returncode, 1)
            self.assertIn('choose another name', done.stderr)
            with open(path) as file:
                self.assertEqual(file.read(), 'mine')


if __name__ == '__main__':
    lab.main()
