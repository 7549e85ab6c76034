# SPDX-License-Identifier: Apache-2.0
"""An API server of a cluster that there is none of here (a new version, 50,000 pods), for the real kubectl:
discovery, pods listed in pages and watched, ephemeral containers, agent pods, exec over WebSocket. Rights are
refused in the API server's words. What a kubelet would start is started: in the pod's network namespace, with
the capabilities that the container's securityContext leaves and no others. On loopback, by plain HTTP or TLS.

Source: Kubernetes API concepts (lists in pages, watch).
"""
import base64
import collections
import hashlib
import http.server
import json
import os
import shutil
import ssl
import subprocess
import threading
import urllib.parse

import exec_stream

CAPABILITIES = ('NET_RAW', 'NET_ADMIN', 'SYS_ADMIN', 'SYS_PTRACE', 'SETUID', 'SETGID', 'KILL')


def too_old():
    """Why the kubectl here cannot be used with this server; empty if it can."""
    if not shutil.which('kubectl'):
        return 'kubectl is not installed'
    said = subprocess.run(['kubectl', 'version', '--client', '-o', 'json'], capture_output=True, text=True).stdout
    try:
        minor = int(json.loads(said)['clientVersion']['minor'].rstrip('+'))
    except (ValueError, KeyError):
        return 'the version of kubectl is not known'
    return '' if minor >= 31 else 'kubectl 1.%d has neither debug --custom nor exec over WebSocket (1.31 has)' % minor


class Cluster:
    """Pods by (namespace, name), who may do what, and the processes of containers that were started."""

    def __init__(self, agent, version='v1.31.2'):
        self.agent, self.version = agent, version
        self.lock = threading.Condition()
        self.pods = collections.OrderedDict()
        self.netns = {}  # of a pod
        self.changes = []  # (version, event)
        self.resource_version = 1000
        self.forbidden = set()  # ('patch', 'pods/ephemeralcontainers')
        self.namespaces = []
        self.page_delay = 0.0
        self.requests = []
        self.credentials = set()
        self.processes = []
        self.ends = True  # containers' ends are noticed
        self.frozen = None  # number of the exec whose output is held back; nothing is closed
        self.execs = 0

    # -- objects -----------------------------------------------------------------------------------
    def put(self, pod, kind=None):
        meta = pod['metadata']
        key = (meta['namespace'], meta['name'])
        with self.lock:
            self.resource_version += 1
            meta['resourceVersion'] = str(self.resource_version)
            kind = kind or ('MODIFIED' if key in self.pods else 'ADDED')
            if kind == 'DELETED':
                self.pods.pop(key, None)
            else:
                self.pods[key] = pod
            self.changes.append((self.resource_version, kind, json.dumps(pod)))
            self.lock.notify_all()

    def fill(self, pods, namespaces):
        """A large cluster, at once."""
        with self.lock:
            self.pods.update(((p['metadata']['namespace'], p['metadata']['name']), p) for p in pods)
            self.namespaces = namespaces

    # -- containers --------------------------------------------------------------------------------
    def command(self, pod, container):
        """What runs a command as that container would: in the pod's namespaces, with its rights alone."""
        context = container.get('securityContext', {})
        added = context.get('capabilities', {}).get('add', [])
        kept = ','.join('+' + name.lower() for name in added)
        netns = self.netns.get((pod['metadata']['namespace'], pod['metadata']['name']))
        enter = ['ip', 'netns', 'exec', netns] if netns else []
        return [*enter, 'setpriv', '--no-new-privs', '--inh-caps', '-all', '--bounding-set', '-all' + (',' + kept if kept else '')]

    def start(self, pod, container, statuses):
        words = [self.agent if word == '/podglass-agent' else word for word in container.get('command', [])]
        process = subprocess.Popen([*self.command(pod, container), *words], stdin=subprocess.DEVNULL)
        self.processes.append(process)
        status = {'name': container['name'], 'state': {'running': {'startedAt': '2026-01-01T00:00:00Z'}},
                  'image': container['image'], 'containerID': 'containerd://' + hashlib.sha256(container['name'].encode()).hexdigest()}
        pod['status'].setdefault(statuses, []).append(status)
        self.put(pod)

        def wait():
            process.wait()
            status['state'] = {'terminated': {'exitCode': process.returncode, 'reason': 'Completed'}}
            if self.ends:
                self.put(pod)
        threading.Thread(target=wait, daemon=True).start()
        return process

    def stop(self):
        self.ends = False
        for process in self.processes:
            if process.poll() is None:
                process.terminate()
        for process in self.processes:
            process.wait(15)


def status(code, reason, message, details=None):
    return code, {'kind': 'Status', 'apiVersion': 'v1', 'metadata': {}, 'status': 'Failure', 'message': message,
                  'reason': reason, 'code': code, **({'details': details} if details else {})}


RESOURCES = [('namespaces', 'Namespace', False, ['list', 'get']), ('pods', 'Pod', True, ['create', 'delete', 'get', 'list', 'watch', 'patch']),
             ('pods/ephemeralcontainers', 'Pod', True, ['get', 'patch', 'update']), ('pods/exec', 'PodExecOptions', True, ['create', 'get'])]


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    cluster = None

    def log_message(self, *_):
        pass

    def answer(self, code, body):
        data = body if isinstance(body, bytes) else json.dumps(body).encode() + b'\n'
        self.send_response(code)
        self.send_header('Content-Type', 'application/json')
        self.send_header('Content-Length', str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def refused(self, verb, resource, namespace):
        if (verb, resource) not in self.cluster.forbidden:
            return False
        where = 'in the namespace "%s"' % namespace if namespace else 'at the cluster scope'
        self.answer(*status(403, 'Forbidden', '%s is forbidden: User "ana" cannot %s resource "%s" in API group "" %s'
                            % (resource.split('/')[0], verb, resource, where), {'kind': resource.split('/')[0]}))
        return True

    def body(self):
        return json.loads(self.rfile.read(int(self.headers.get('Content-Length') or 0)) or b'{}')

    def parts(self):
        url = urllib.parse.urlsplit(self.path)
        query = {key: values for key, values in urllib.parse.parse_qs(url.query).items()}
        self.cluster.requests.append((self.command, url.path))
        self.cluster.credentials.add(self.headers.get('Authorization', ''))
        return url.path.strip('/').split('/'), query

    def do_GET(self):
        parts, query = self.parts()
        if parts == ['version']:
            return self.answer(200, {'major': '1', 'minor': self.cluster.version.split('.')[1], 'gitVersion': self.cluster.version})
        if parts == ['api']:
            return self.answer(200, {'kind': 'APIVersions', 'versions': ['v1'], 'serverAddressByClientCIDRs': []})
        if parts == ['apis']:
            return self.answer(200, {'kind': 'APIGroupList', 'apiVersion': 'v1', 'groups': []})
        if parts == ['api', 'v1']:
            return self.answer(200, {'kind': 'APIResourceList', 'groupVersion': 'v1', 'resources': [
                {'name': name, 'singularName': '', 'namespaced': spaced, 'kind': kind, 'verbs': verbs} for name, kind, spaced, verbs in RESOURCES]})
        if parts == ['api', 'v1', 'namespaces']:
            return self.answer(200, {'kind': 'NamespaceList', 'apiVersion': 'v1', 'metadata': {'resourceVersion': '1'},
                                     'items': [{'metadata': {'name': name}} for name in self.cluster.namespaces]})
        if parts[-1] == 'pods':
            return self.pods(parts[3] if len(parts) == 5 else '', query)
        if len(parts) >= 6 and parts[4] == 'pods':
            if parts[6:] == ['exec']:
                return self.exec(parts[3], parts[5], query)
            pod = self.cluster.pods.get((parts[3], parts[5]))
            if self.refused('get', 'pods', parts[3]):
                return None
            if pod:
                return self.answer(200, pod)
        return self.answer(*status(404, 'NotFound', 'the server could not find the requested resource'))

    # -- lists and watches -------------------------------------------------------------------------
    def pods(self, namespace, query):
        verb = 'watch' if 'watch' in query else 'list'
        if self.refused(verb, 'pods', namespace):
            return None
        field = urllib.parse.unquote(query.get('fieldSelector', [''])[0])
        name = field.split('=')[1] if field.startswith('metadata.name=') else ''
        label = query.get('labelSelector', [''])[0]

        def wanted(pod):
            meta = pod['metadata']
            if label and meta.get('labels', {}).get(label.split('=')[0]) != label.split('=')[-1]:
                return False
            return (not namespace or meta['namespace'] == namespace) and (not name or meta['name'] == name)
        if verb == 'watch':
            return self.watch(wanted, query)
        with self.cluster.lock:
            every = [pod for pod in self.cluster.pods.values() if wanted(pod)]
            version = self.cluster.resource_version
        start, limit = int(query.get('continue', ['0'])[0]), int(query.get('limit', ['0'])[0]) or len(every) or 1
        page = every[start:start + limit]
        more = str(start + limit) if start + limit < len(every) else ''
        return self.answer(200, {'kind': 'PodList', 'apiVersion': 'v1',
                                 'metadata': {'resourceVersion': str(version), 'continue': more}, 'items': page})

    def watch(self, wanted, query):
        self.send_response(200)
        self.send_header('Content-Type', 'application/json')
        self.send_header('Transfer-Encoding', 'chunked')
        self.end_headers()
        cluster = self.cluster

        def send(kind, text):
            line = ('{"type":"%s","object":%s}\n' % (kind, text)).encode()
            self.wfile.write(b'%x\r\n%s\r\n' % (len(line), line))
            self.wfile.flush()
        try:
            with cluster.lock:
                seen = int(query.get('resourceVersion', ['0'])[0])
                first = [] if seen else [json.dumps(pod) for pod in cluster.pods.values() if wanted(pod)]
                seen = seen or cluster.resource_version
            for text in first:
                send('ADDED', text)
            while True:
                with cluster.lock:
                    while not cluster.changes or cluster.changes[-1][0] <= seen:
                        if not cluster.lock.wait(1.0) and not cluster.ends:
                            return
                    new = [change for change in cluster.changes if change[0] > seen]
                for seen, kind, text in new:
                    if wanted(json.loads(text)):
                        send(kind, text)
        except (BrokenPipeError, ConnectionResetError):
            return

    # -- making ------------------------------------------------------------------------------------
    def do_PATCH(self):
        parts, _ = self.parts()
        patch = self.body()
        if self.refused('patch', 'pods/' + parts[-1], parts[3]):
            return
        pod = self.cluster.pods.get((parts[3], parts[5]))
        known = {each['name'] for each in pod['spec'].setdefault('ephemeralContainers', [])}
        for container in patch['spec']['ephemeralContainers']:
            if container['name'] not in known:
                pod['spec']['ephemeralContainers'].append(container)
                self.cluster.start(pod, container, 'ephemeralContainerStatuses')
        self.answer(200, pod)

    def do_POST(self):
        parts, query = self.parts()
        if parts[-1] == 'exec':
            self.exec(parts[3], parts[5], query)
            return
        pod = self.body()
        if self.refused('create', 'pods', parts[3]):
            return
        pod['metadata']['uid'] = 'uid-' + pod['metadata']['name']
        pod['status'] = {'phase': 'Running'}
        self.cluster.put(pod)
        self.cluster.start(pod, pod['spec']['containers'][0], 'containerStatuses')
        self.answer(201, pod)

    def do_DELETE(self):
        parts, _ = self.parts()
        self.body()
        if self.refused('delete', 'pods', parts[3]):
            return
        pod = self.cluster.pods.get((parts[3], parts[5]))
        if not pod:
            self.answer(*status(404, 'NotFound', 'pods "%s" not found' % parts[5]))
            return
        self.cluster.put(pod, 'DELETED')
        self.answer(200, pod)

    # -- exec --------------------------------------------------------------------------------------
    def exec(self, namespace, name, query):
        if self.refused('get', 'pods/exec', namespace):
            return
        pod = self.cluster.pods[(namespace, name)]
        wanted = query['container'][0]
        spec = pod['spec']
        container = next(each for each in spec['containers'] + spec.get('ephemeralContainers', []) if each['name'] == wanted)
        if 'websocket' not in self.headers.get('Upgrade', '').lower():
            self.answer(*status(400, 'BadRequest', 'Upgrade request required'))
            return
        key = self.headers['Sec-WebSocket-Key'] + '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
        self.send_response(101)
        for field in (('Upgrade', 'websocket'), ('Connection', 'Upgrade'), ('Sec-WebSocket-Protocol', 'v5.channel.k8s.io'),
                      ('Sec-WebSocket-Accept', base64.b64encode(hashlib.sha1(key.encode()).digest()).decode())):
            self.send_header(*field)
        self.end_headers()
        self.close_connection = True
        words = [self.cluster.agent if word == '/podglass-agent' else word for word in query['command']]
        child = subprocess.Popen([*self.cluster.command(pod, container), *words], stdin=subprocess.PIPE,
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.cluster.processes.append(child)
        self.cluster.execs += 1
        number = self.cluster.execs
        exec_stream.Exec(self.rfile, self.wfile, child, lambda: self.cluster.frozen == number).run()


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, *_):
        pass  # a client that went away


def serve(cluster, certificate=''):
    """On a thread of its own; gives the server, whose port is in server_address. `certificate`: a path for one that
    is made and spoken with; only then does kubectl send credentials."""
    handler = type('Bound', (Handler,), {'cluster': cluster})
    server = Server(('127.0.0.1', 0), handler)
    server.certificate = certificate
    if certificate:
        subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2',
                        '-subj', '/CN=fake', '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', certificate, '-out', certificate + '.crt'],
                       check=True, capture_output=True)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate + '.crt', certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def kubeconfig(path, server, user=None, cluster=None):
    where = {'server': 'http://127.0.0.1:%d' % server.server_address[1]}
    if server.certificate:
        where = {'server': where['server'].replace('http', 'https'), 'certificate-authority': server.certificate + '.crt'}
    with open(path, 'w') as file:
        json.dump({'apiVersion': 'v1', 'kind': 'Config', 'current-context': 'fake',
                   'clusters': [{'name': 'fake', 'cluster': {**where, **(cluster or {})}}],
                   'users': [{'name': 'ana', 'user': user or {}}],
                   'contexts': [{'name': 'fake', 'context': {'cluster': 'fake', 'user': 'ana', 'namespace': 'shop'}}]}, file)
    os.chmod(path, 0o600)
    return path


def pod(namespace, name, owner='checkout', node='node1', number=0):
    return {'kind': 'Pod', 'apiVersion': 'v1',
            'metadata': {'uid': 'uid-%s-%s' % (namespace, name), 'name': name, 'namespace': namespace,
                         'creationTimestamp': '2026-11-21T10:00:00Z', 'resourceVersion': '900',
                         'labels': {'app': owner, 'pod-template-hash': '7d9f'},
                         'ownerReferences': [{'apiVersion': 'apps/v1', 'kind': 'ReplicaSet', 'name': owner + '-7d9f', 'uid': 'u', 'controller': True}]},
            'spec': {'nodeName': node, 'containers': [{'name': 'web', 'image': 'shop/web:1', 'ports': [{'containerPort': 8080, 'name': 'http'}]}]},
            'status': {'phase': 'Running', 'podIP': '10.0.%d.%d' % (number // 250 % 250, number % 250 + 1),
                       'conditions': [{'type': 'Ready', 'status': 'True'}],
                       'containerStatuses': [{'name': 'web', 'ready': True, 'restartCount': 0, 'image': 'shop/web:1',
                                              'containerID': 'containerd://' + hashlib.sha256(name.encode()).hexdigest(),
                                              'state': {'running': {'startedAt': '2026-11-21T10:00:00Z'}}}]}}
