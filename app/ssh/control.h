// SPDX-License-Identifier: Apache-2.0
// The control descriptor: JSON lines to the session that started us, and its answers.
//   out: {"step":{"id":1,"state":"done","text":"…","detail":"…","ms":12}}
//        {"prompt":{"id":1,"kind":"hostkey|passphrase|password|question","title":"…","text":"…"}}
//        {"error":{"kind":"auth","what":"…","where":"…","advice":"…","lasting":true}}
//        {"live":true}
//   in:  {"answer":1,"hex":"70617373"}   {"answer":1,"cancel":true}
// Answers are read by hand into memory that is wiped: a JSON library would leave copies behind.
// Without a descriptor steps go to stderr and every prompt is answered with cancel.
#pragma once

#include "core/base/result.h"

#include "app/ssh/secret.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace podglass::ssh {

// What kind of failure it was, so that the session knows whether to try again.
enum class Fault : std::uint8_t
{
    Setup,   // options, files
    Network, // name, route, refused, timeout, lost
    HostKey,
    Auth,
    Remote, // the command or the channel
};

struct Failure
{
    Fault fault = Fault::Setup;
    base::Error error;
};

class Control
{
public:
    explicit Control(int fd)
        : m_fd(fd)
    {}

    // A line that runs; finish it with done(), warn() or failed(). Ids count up.
    std::uint32_t begin(const std::string& text);
    void done(std::uint32_t id, const std::string& text, const std::string& detail = {});
    void warn(const std::string& text, const std::string& detail = {});
    void failed(std::uint32_t id, const std::string& text, const std::string& detail = {});
    void error(const Failure& failure);
    void live();

    // Waits for the person. None: cancelled, or nobody is there.
    std::optional<Secret>
    ask(std::string_view kind, const std::string& title, const std::string& text);

    [[nodiscard]] int fd() const { return m_fd; }

private:
    void step(std::uint32_t id,
              std::string_view state,
              const std::string& text,
              const std::string& detail);
    void send(const std::string& line) const;
    std::optional<Secret> readLine();

    int m_fd;
    std::uint32_t m_lastStep = 0;
    std::uint32_t m_lastPrompt = 0;
    std::chrono::steady_clock::time_point m_begun;
};

} // namespace podglass::ssh
