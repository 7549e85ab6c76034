# SPDX-License-Identifier: Apache-2.0
"""A real sshd for the proofs, with keys of its own; the home of its sessions is in the rig's folder."""
import os
import subprocess

import lab


class Sshd:

    def __init__(self, rig, where=None, address='127.0.0.1', more='', asked_from=None):
        """`where`: the network namespace that it runs in; `asked_from`: the one that it is reached from."""
        self.rig, self.where, self.address, self.asked_from = rig, where, address, asked_from
        self.folder, self.port = rig.folder, lab.free_port()
        for key in ('host', 'user'):
            self.make_key(key)
        os.makedirs(self.path('home'))
        os.makedirs('/run/sshd', exist_ok=True)
        with open(self.path('sshd_config'), 'w') as file:
            file.write('Port {port}\nListenAddress {address}\nHostKey {0}/host\nAuthorizedKeysFile {0}/user.pub\n'
                       'PidFile none\nStrictModes no\nPermitRootLogin yes\nSetEnv HOME={0}/home\nUsePAM no\n'
                       'PasswordAuthentication no\n{more}\n'
                       .format(self.folder, port=self.port, address=address, more=more))
        self.know()
        with open(self.path('ssh_config'), 'w') as file:
            file.write('Host *\nIdentityFile {0}/user\nIdentitiesOnly yes\nUserKnownHostsFile {0}/known\n'
                       .format(self.folder))
        self.start()

    def path(self, name):
        return os.path.join(self.folder, name)

    def make_key(self, name):
        for old in (self.path(name), self.path(name + '.pub')):
            if os.path.exists(old):
                os.unlink(old)
        lab.run('ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', self.path(name), check=True)

    def know(self):
        with open(self.path('host.pub')) as file, open(self.path('known'), 'w') as known:
            known.write('[%s]:%d %s' % (self.address, self.port, file.read()))

    def start(self):
        self.process = self.rig.start('/usr/sbin/sshd', '-D', '-e', '-f', self.path('sshd_config'), where=self.where,
                                      stderr=subprocess.DEVNULL)
        lab.until(self.answers, what='sshd')

    def options(self):
        return ('--ssh-config', self.path('ssh_config'), '--ssh-helper', os.environ['PODGLASS_SSH'])

    def road(self):
        return 'ssh://root@%s:%d' % (self.address, self.port)

    def answers(self):
        return lab.run(*lab.inside(self.asked_from, 'ssh-keyscan', '-p', str(self.port), self.address)).stdout

    def agents(self):
        """Guard and worker: processes whose program lies in that home."""
        found = []
        for pid in filter(str.isdigit, os.listdir('/proc')):
            try:
                if os.readlink('/proc/%s/exe' % pid).startswith(self.path('home')):
                    found.append(int(pid))
            except OSError:
                pass
        return found
