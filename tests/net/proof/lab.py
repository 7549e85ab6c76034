# SPDX-License-Identifier: Apache-2.0
"""What the proofs and the benchmarks of the whole chain share: two connected network namespaces with a
real nginx, podglassctl as its user starts it, and what the kernel says about processes and rules.

Programs come from the environment: PODGLASSCTL and PODGLASS_AGENT (ctest sets both). Everything made
here is gone when the `with` block ends. Only processes that were started here are signalled, by id.
"""
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

CTL = os.environ.get('PODGLASSCTL', '')
AGENT = os.environ.get('PODGLASS_AGENT', '')
POD4, CALLER4, POD6, CALLER6 = '10.88.7.2', '10.88.7.1', 'fd88:7::2', 'fd88:7::1'
HERE = os.path.dirname(os.path.abspath(__file__))
PATIENCE = 30.0


def until(done, patience=PATIENCE, what='it'):
    """Asks until `done` gives something true; for states that nothing announces."""
    end = time.monotonic() + patience
    while True:
        got = done()
        if got:
            return got
        if time.monotonic() > end:
            raise AssertionError('waited %g s in vain for %s' % (patience, what))
        time.sleep(0.005)


def run(*command, **more):
    return subprocess.run(command, capture_output=True, text=True, **more)


def inside(where, *command):
    return ['ip', 'netns', 'exec', where, *command] if where else list(command)


def free_port():
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


def missing():
    """Why the proofs cannot run here; empty if they can."""
    if os.geteuid() != 0:
        return 'needs root: it makes network namespaces'
    for tool in ('ip', 'nginx', 'nft', 'curl'):
        if not shutil.which(tool, path=os.environ.get('PATH', '') + ':/usr/sbin:/sbin'):
            return tool + ' is not installed'
    if not (os.access(CTL, os.X_OK) and os.access(AGENT, os.X_OK)):
        return 'PODGLASSCTL and PODGLASS_AGENT must name the built programs'
    name = 'pg-proof-try-%d' % os.getpid()
    tried = run('ip', 'netns', 'add', name)
    run('ip', 'netns', 'delete', name)
    return '' if tried.returncode == 0 else 'no right to make network namespaces'


def main():
    os.environ['PATH'] += ':/usr/sbin:/sbin'
    why = missing()
    if why:
        print('SKIP-ALL: ' + why)
        sys.exit(0)
    unittest.main(verbosity=2)


class Process:
    """A child that was started here; stopped by its own id."""

    def __init__(self, command, **more):
        self.child = subprocess.Popen(command, stdin=more.pop('stdin', subprocess.DEVNULL), **more)

    def stop(self, how=signal.SIGTERM):
        if self.child.poll() is None:
            self.child.send_signal(signal.SIGCONT)
            self.child.send_signal(how)
        try:
            return self.child.wait(10)
        except subprocess.TimeoutExpired:
            self.child.kill()
            return self.child.wait(10)


NGINX = '''daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 20000; }}
http {{
  access_log off; keepalive_requests 1000000000; client_body_temp_path {folder}/body;
  client_max_body_size 64m; default_type text/plain;
  proxy_temp_path {folder}/t1; fastcgi_temp_path {folder}/t2; uwsgi_temp_path {folder}/t3; scgi_temp_path {folder}/t4;
  server {{
    listen 8080 backlog=4096; listen [::]:8080 ipv6only=on backlog=4096;
    root {folder}/www;
    location = /healthz {{ return 200 "ok\\n"; }}
    location ~ ^/status/404 {{ return 404 "not here\\n"; }}
    location ~ ^/status/500 {{ return 500 "broken\\n"; }}
    location ~ ^/status/204 {{ return 204; }}
    location ~ ^/status/302 {{ return 302 /elsewhere; }}
    location /post {{ return 201 "made\\n"; }}
  }}
}}
'''


class Lab:
    """A caller's namespace and a pod's, joined by a veth pair; nginx on port 8080 of the pod."""

    def __init__(self, nginx=True):
        tag = '%d-%d' % (os.getpid(), time.monotonic_ns() % 10000)
        self.pod, self.caller = 'pg-proof-pod-' + tag, 'pg-proof-cli-' + tag
        self.folder = tempfile.mkdtemp(prefix='pg-proof-')
        self.processes = []
        self.with_nginx = nginx

    def __enter__(self):
        for name in (self.pod, self.caller):
            subprocess.run(['ip', 'netns', 'add', name], check=True)
            subprocess.run(['ip', '-n', name, 'link', 'set', 'lo', 'up'], check=True)
        subprocess.run(['ip', '-n', self.pod, 'link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', 'eth0',
                        'netns', self.caller], check=True)
        for name, four, six in ((self.pod, POD4, POD6), (self.caller, CALLER4, CALLER6)):
            subprocess.run(['ip', '-n', name, 'address', 'add', four + '/24', 'dev', 'eth0'], check=True)
            subprocess.run(['ip', '-n', name, 'address', 'add', six + '/64', 'dev', 'eth0', 'nodad'], check=True)
            subprocess.run(['ip', '-n', name, 'link', 'set', 'eth0', 'up'], check=True)
        if self.with_nginx:
            self.start_nginx()
        return self

    def __exit__(self, *_):
        for process in reversed(self.processes):
            process.stop()
        for name in (self.pod, self.caller):
            run('ip', 'netns', 'delete', name)
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self, *command, where=None, **more):
        process = Process(inside(where, *command), **more)
        self.processes.append(process)
        return process

    def start_nginx(self):
        www = os.path.join(self.folder, 'www')
        os.makedirs(www)
        os.chmod(self.folder, 0o755)
        for size in (0, 1, 100, 2000, 20000, 150000, 1000000):
            with open(os.path.join(www, 'b%d' % size), 'wb') as file:
                file.write(bytes(97 + i % 26 for i in range(1000)) * (size // 1000 + 1))
                file.truncate(size)
        config = os.path.join(self.folder, 'nginx.conf')
        with open(config, 'w') as file:
            file.write(NGINX.format(folder=self.folder))
        self.start('nginx', '-c', config, '-p', self.folder, where=self.pod, stderr=subprocess.DEVNULL)
        until(lambda: self.get('/healthz').returncode == 0, what='nginx')

    def get(self, path, *options, address=POD4):
        host = '[%s]' % address if ':' in address else address
        return run(*inside(self.caller, 'curl', '-s', '-m', '10', *options, 'http://%s:8080%s' % (host, path)))

    def agent_with(self, *options):
        """A program that starts the agent with these options besides those it is given."""
        path = os.path.join(self.folder, 'agent' + '-'.join(options))
        with open(path, 'w') as file:
            file.write('#!/bin/sh\nexec %s %s "$@"\n' % (AGENT, ' '.join(options)))
        os.chmod(path, 0o755)
        return path

    def rules(self):
        return run(*inside(self.pod, 'nft', 'list', 'ruleset')).stdout

    def ctl(self, *options, address=None, **more):
        client = Ctl(self.folder, address or 'local/netns/' + self.pod, *options, **more)
        self.processes.append(client)
        return client


def children(pid):
    found = []
    for task in os.listdir('/proc/%d/task' % pid):
        with open('/proc/%d/task/%s/children' % (pid, task)) as file:
            found += [int(word) for word in file.read().split()]
    return found


def memory(pid, key='RssAnon'):
    """Bytes of a line of /proc/PID/status."""
    with open('/proc/%d/status' % pid) as file:
        return int(re.search(key + r':\s+(\d+)', file.read()).group(1)) * 1024


def cpu_seconds(pid):
    with open('/proc/%d/stat' % pid) as file:
        fields = file.read().rsplit(')', 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')


class Ctl(Process):
    """podglassctl attach ADDRESS …; its JSON lines are read as they come, its stderr is kept."""
    number = 0

    def __init__(self, folder, address, *options, port='8080', keep=True, sink=None, agent=AGENT, prefix=()):
        Ctl.number += 1
        self.errors = os.path.join(folder, 'ctl-%d.err' % Ctl.number)
        self.events, self.states, self.telemetry, self.breaks = [], [], None, []
        self.keep, self.sink = keep, sink
        ports = ['--port', port] if port else []
        # A file in between: this reader must not be the slow client that the ring is not made for.
        self.output = os.path.join(folder, 'ctl-%d.jsonl' % Ctl.number)
        with open(self.errors, 'wb') as err, open(self.output, 'wb') as out:
            super().__init__([*prefix, CTL, 'attach', address, *ports, '--agent', agent, '--json', '--telemetry',
                              *options],
                             stdout=out, stderr=err)
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def lines(self):
        """Whole lines of the output as they come, until the program has ended."""
        with open(self.output, 'rb') as file:
            rest = b''
            while True:
                ended = self.child.poll() is not None
                part = file.read(1 << 20)
                if not part and ended:
                    return
                if not part:
                    time.sleep(0.005)
                *whole, rest = (rest + part).split(b'\n')
                yield from whole

    def read(self):
        for line in self.lines():
            event = json.loads(line)
            kind = event['kind']
            if kind == 'port_state':
                self.states.append(event)
            elif kind == 'telemetry':
                self.telemetry = event
            elif kind == 'break':
                self.breaks.append(event)
            elif self.sink:
                self.sink(event)
            elif self.keep:
                self.events.append(event)

    def ready(self):
        def state():
            if self.child.poll() is not None:
                raise AssertionError('podglassctl ended: ' + self.said())
            return self.states
        until(state, what='podglassctl to attach; it said: ' + self.said())
        return self

    def agent(self):
        """Its guard, which is the process that podglassctl started."""
        # By the file, not its path: in a root of its own that shows otherwise.
        programs = [path for path in (AGENT, os.path.realpath(AGENT) + '-tls') if os.path.exists(path)]
        return until(lambda: [pid for pid in children(self.child.pid)
                              if any(os.path.samefile('/proc/%d/exe' % pid, path) for path in programs)],
                     what='the agent')[0]

    def worker(self):
        return until(lambda: children(self.agent()), what='the worker')[0]

    def delivered(self):
        return self.telemetry['events']['delivered'] if self.telemetry else -1

    def of(self, kind):
        return [event for event in self.events if event['kind'] == kind]

    def said(self):
        with open(self.errors, errors='replace') as file:
            return file.read()

    def finish(self):
        """Asks it to end as ^C does, and reads the rest."""
        status = self.stop(signal.SIGINT)
        self.reader.join(30)
        return status
