// SPDX-License-Identifier: Apache-2.0
// The control descriptor: JSON lines to the session that started us, and its answers.
//   out: {"step":{"id":1,"state":"done","text":"…","detail":"…","ms":12}}
//        {"prompt":{"id":1,"kind":"hostkey|passphrase|password|question","title":"…","text":"…"}}
//        {"error":{"kind":"auth","what":"…","where":"…","advice":"…","lasting":true,
//                  "switch":"no|keys|yes"}}
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

// Whether ssh(1) could do what we cannot.
enum class Switch : std::uint8_t
{
    No,
    Keys, // it has more keys to try; if they are refused too, we can still ask for a password
    Yes,
};

struct Failure
{
    Fault fault = Fault::Setup;
    base::Error error;
    Switch toSystemSsh = Switch::No;
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
    // Also ends the step that runs, if one does.
    void error(const Failure& failure);
    void live();

    // Where the counts stand, so that another process can go on with them (hops.h).
    struct Counts
    {
        std::uint32_t step = 0;
        std::uint32_t prompt = 0;
    };

    [[nodiscard]] Counts counts() const { return {m_lastStep, m_lastPrompt}; }

    void goOnFrom(Counts counts);

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
    std::uint32_t m_running = 0; // the step begun and not ended; 0: none
    std::chrono::steady_clock::time_point m_begun;
};

} // namespace podglass::ssh
