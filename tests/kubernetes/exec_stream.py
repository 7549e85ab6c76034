# SPDX-License-Identifier: Apache-2.0
"""The server's side of `kubectl exec`, once the connection is upgraded: a process's input and output over WebSocket.

Source: RFC 6455, v5.channel.k8s.io of Kubernetes' remotecommand.
"""
import json
import os
import struct
import threading
import time


class Exec:
    """Channels 0 stdin, 1 stdout, 2 stderr, 3 the end, in binary messages; 255 closes a channel."""

    def __init__(self, reading, writing, child, frozen):
        self.reading, self.writing, self.child, self.frozen = reading, writing, child, frozen
        self.lock = threading.Lock()

    def send(self, opcode, data):
        size = len(data)
        head = bytes([0x80 | opcode]) + (bytes([size]) if size < 126 else b'\x7e' + struct.pack('>H', size)
                                         if size < 65536 else b'\x7f' + struct.pack('>Q', size))
        with self.lock:
            self.writing.write(head + data)
            self.writing.flush()

    def forward(self, channel, stream):
        try:
            while True:
                data = os.read(stream.fileno(), 32768)
                if not data:
                    return
                while self.frozen():
                    time.sleep(0.05)
                self.send(2, bytes([channel]) + data)
        except OSError:
            self.child.kill()

    def message(self):
        """(opcode, data) of the next frame."""
        first, second = self.reading.read(2)
        size = second & 0x7f
        if size >= 126:
            size = int.from_bytes(self.reading.read(2 if size == 126 else 8), 'big')
        mask = self.reading.read(4)
        data = self.reading.read(size)
        return first & 15, bytes(byte ^ mask[i % 4] for i, byte in enumerate(data))

    def input(self):
        try:
            while True:
                opcode, data = self.message()
                if opcode == 9:
                    self.send(10, data)
                elif opcode == 8 or data[:1] == b'\xff':
                    break
                elif data[:1] == b'\0':
                    self.child.stdin.write(data[1:])
                    self.child.stdin.flush()
        except (ValueError, OSError):
            pass
        try:
            self.child.stdin.close()
        except OSError:
            pass

    def run(self):
        readers = [threading.Thread(target=self.forward, args=pair, daemon=True)
                   for pair in ((1, self.child.stdout), (2, self.child.stderr))]
        for thread in (*readers, threading.Thread(target=self.input, daemon=True)):
            thread.start()
        self.child.wait()
        for thread in readers:
            thread.join(5)
        end = {'metadata': {}, 'status': 'Success'}
        if self.child.returncode:
            end = {'metadata': {}, 'status': 'Failure', 'reason': 'NonZeroExitCode', 'message': 'command terminated',
                   'details': {'causes': [{'reason': 'ExitCode', 'message': str(self.child.returncode & 255)}]}}
        try:
            self.send(2, b'\3' + json.dumps(end).encode())
            self.send(8, struct.pack('>H', 1000))
        except OSError:
            pass
