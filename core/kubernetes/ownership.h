// SPDX-License-Identifier: Apache-2.0
// Who made an agent's pod: marks that tell our own leftovers from what others, or other windows of
// ours, use. Source: machine-id(5), proc(5) (boot_id, stat field 22), pid_namespaces(7).
#pragma once

#include <string>

namespace podglass::kubernetes {

struct Ownership
{
    std::string owner;   // the same for this user on this machine; a hash, names nobody
    std::string session; // of this very session; random
    std::string process; // "BOOT/PIDNS/PID/START": this process and no other
};

Ownership makeOwnership();

// True only if that process certainly is no more: of this boot and this pid namespace, and gone. Of
// others nothing is known (machines are cloned with their machine-id); their agents end by
// themselves when unused, and are swept then.
bool processIsGone(const std::string& process);

// Letters and digits for names, unguessable.
std::string randomName(std::size_t length);

} // namespace podglass::kubernetes
