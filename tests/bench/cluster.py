#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The picker on a cluster of 50,000 pods in 20,000 namespaces, through the real kubectl: an API server of our own
(tests/kubernetes/fake_api.py) serves it, bench_cluster measures the window.

  cluster.py BENCH_CLUSTER [PODS [NAMESPACES [TIMES]]]

"kubectl alone" is one `kubectl get --raw` of the first page: what no client of kubectl can be faster than."""
import os
import re
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'kubernetes'))

import fake_api


def main():
    program = sys.argv[1]
    pods, namespaces, times = (int(word) for word in (sys.argv[2:] + ['50000', '20000', '3'][len(sys.argv) - 2:]))
    cluster = fake_api.Cluster('/bin/false')
    cluster.fill([fake_api.pod('team-%d' % (i % namespaces), 'checkout-%d-7d9f-%05d' % (i // 2, i), 'checkout-%d' % (i // 2), number=i)
                  for i in range(pods)], ['team-%d' % i for i in range(namespaces)])
    server = fake_api.serve(cluster)
    folder = tempfile.mkdtemp()
    config = fake_api.kubeconfig(folder + '/kubeconfig', server)
    alone = []
    for _ in range(times):
        began = time.monotonic()
        subprocess.run(['kubectl', '--kubeconfig=' + config, 'get', '--raw', '/api/v1/pods?limit=250'], stdout=subprocess.DEVNULL,
                       check=True)
        alone.append(1000 * (time.monotonic() - began))
    print('kubectl alone, first page: %s ms' % ', '.join('%.0f' % each for each in alone))
    more = {'PODGLASS_BENCH_KUBECONFIG': config, 'PODGLASS_BENCH_PODS': str(pods)}
    for _ in range(times):
        said = subprocess.run([program], env={'QT_QPA_PLATFORM': 'offscreen', **os.environ, **more}, capture_output=True, text=True)
        print('\n'.join(re.findall(r'\d+ pods: .*', said.stdout + said.stderr)) or said.stdout + said.stderr)
        if said.returncode:
            sys.exit(1)


if __name__ == '__main__':
    main()
