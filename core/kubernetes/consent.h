// SPDX-License-Identifier: Apache-2.0
// Consent: what a kubeconfig would do that its reader may not know of, asked once. A kubeconfig can
// come from anywhere, and it may name a program that kubectl then runs with the user's rights, or
// turn off the check of the server's certificate. Neither happens before the user has said yes.
//
// An answer is kept as the hash of (kubeconfig, server, what it allows): a changed command,
// argument or variable is another question. Nothing of the kubeconfig is kept, so no secret is. The
// file counts only if it is the user's own and writable for nobody else; it is appended to, 0600 in
// a 0700 folder, and stops growing at limits::keptConsents (then answers hold for the session
// only). Pure but for the file. Thread: values. Source: client.authentication.k8s.io/v1 (exec
// plugins), kubeconfig v1.
#pragma once

#include "core/base/result.h"
#include "core/kubernetes/cluster.h"

#include <string>
#include <vector>

namespace podglass::kubernetes {

struct ConsentQuestion
{
    std::string key;     // hash, to keep and compare
    std::string title;   // "Run aws to log in to prod-eu?"
    std::string text;    // command, arguments, where from, which host
    std::string refused; // what an error says if the answer is no
};

// In the order in which they are to be asked; none: the context does nothing of the kind.
std::vector<ConsentQuestion> consentQuestions(const Access& access, const Context& context);

class Consents
{
public:
    // Empty: $XDG_STATE_HOME/podglass/kubeconfig-consents (~/.local/state).
    explicit Consents(std::string file = {});

    [[nodiscard]] bool given(const std::string& key) const;
    // For good; an error: it holds for this session only.
    base::Status keep(const std::string& key);

private:
    std::string m_file;
};

} // namespace podglass::kubernetes
