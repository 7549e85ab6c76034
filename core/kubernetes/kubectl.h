// SPDX-License-Identifier: Apache-2.0
// KubectlRun: one kubectl beside us. The arguments are a vector, no shell sees them; what it writes
// is bounded; it is ended when this object goes. Nothing secret is ever among the arguments.
//
// Contract: `output` may come any number of times, then `ended` once. The run may be destroyed
// inside `ended`, not inside `output`. With `whole` set, all output is gathered and given to
// `ended` instead, at most `answerLimit` bytes of it. Thread: the loop's.
#pragma once

#include "core/base/limits.h"
#include "core/io/child.h"
#include "core/io/loop.h"
#include "core/kubernetes/words.h"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace podglass::kubernetes {

struct KubectlSetup
{
    Access access;
    std::vector<std::string> arguments; // after --context and --kubeconfig
    std::string doing;                  // "list the pods of shop", for errors
    std::string input;                  // for its stdin, which is closed behind it
    bool whole = true;
    std::size_t answerLimit = limits::kubectlAnswerBytes;
    base::Duration patience = limits::kubectlPatience; // zero: as long as it takes
};

// The command line, as Child takes it. `piped`: kubectl opens its standard input by name; sshd may
// have made that a socket, which cannot be.
std::vector<std::string>
kubectlCommand(const Access& access, const std::vector<std::string>& arguments, bool piped = false);

// Asks for a pod's deletion and does not wait: the kubectl that does it outlives this program.
void deletePod(const Access& access, const std::string& nameSpace, const std::string& name);

class KubectlRun
{
public:
    using Output = std::function<void(std::string_view)>;
    // The gathered output (empty unless `whole`), or why not.
    using Ended = std::function<void(std::string, std::optional<KubectlError>)>;

    KubectlRun(io::Loop& loop, KubectlSetup setup, Ended ended, Output output = {});
    KubectlRun(const KubectlRun&) = delete;
    KubectlRun& operator=(const KubectlRun&) = delete;
    ~KubectlRun();

private:
    void start();
    void readable();
    void errorsReadable();
    void writable();
    void outputEnded();
    void finish();
    void fail(KubectlError error);
    void unwatch();

    io::Loop& m_loop;
    KubectlSetup m_setup;
    Ended m_ended;
    Output m_output;
    std::optional<io::Child> m_child;
    std::string m_answer;
    std::string m_words;
    std::size_t m_written = 0;
    std::optional<KubectlError> m_error;
    io::Loop::TimerId m_timer;
};

} // namespace podglass::kubernetes
