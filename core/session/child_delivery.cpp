// SPDX-License-Identifier: Apache-2.0
// ChildCarrier's part that puts the agent on the host and starts it; the decisions are Delivery's.
#include "core/base/limits.h"
#include "core/session/child_carrier.h"
#include "core/session/helper_lines.h"

#include <cerrno>

#include <sys/epoll.h>
#include <unistd.h>

namespace podglass::session {

void ChildCarrier::beginDelivery()
{
    m_delivery.emplace(m_agent.file, m_name);
    m_deliveryLine.clear();
    m_loop.watch(m_child->output.get(), EPOLLIN, [this](auto) { deliveryInput(); });
}

void ChildCarrier::stopDelivery()
{
    if (!m_delivery)
        return;
    m_delivery.reset();
    m_loop.unwatch(m_child->output.get());
    m_loop.unwatch(m_child->input.get());
}

// One byte at a time: what follows the line "ready" is the agent's and must stay in the pipe.
void ChildCarrier::deliveryInput()
{
    for (;;) {
        char c = 0;
        const ssize_t got = ::read(m_child->output.get(), &c, 1);
        if (got < 0 && (errno == EAGAIN || errno == EINTR))
            return;
        if (got <= 0) {
            stopDelivery();
            ended(got < 0 ? errno : 0);
            return;
        }
        if (c != '\n') {
            if (m_deliveryLine.size() < limits::helperLineBytes)
                m_deliveryLine += c;
            continue;
        }
        if (!deliveryStep(std::exchange(m_deliveryLine, {})))
            return;
    }
}

bool ChildCarrier::deliveryStep(const std::string& line)
{
    const Delivery::Next next = m_delivery->line(line);
    switch (next) {
    case Delivery::Next::Wait:
        return true;
    case Delivery::Next::Send:
        if (m_step != 0)
            stepEnd(StepState::Done, "logged in on " + m_name);
        stepBegin("send the agent (" + std::to_string(m_agent.file.size / 1024) + " KiB)");
        m_loop.watch(m_child->input.get(), EPOLLOUT, [this](auto) { sendFile(); });
        return true;
    case Delivery::Next::AskPassword:
        askForSudo();
        return true;
    case Delivery::Next::ReadyPassword:
        sendPassword(); // sudo's, in front of our first frame
        wipe(m_password);
        [[fallthrough]];
    case Delivery::Next::Ready:
        stepEnd(StepState::Done,
                m_fileSent > 0          ? "agent sent and started"
                : m_delivery->present() ? "agent there already, started"
                                        : "agent started",
                next == Delivery::Next::ReadyPassword ? "with sudo" : "");
        stopDelivery();
        m_agent.bytes = {};
        opened();
        return false;
    case Delivery::Next::Failed:
        failLater({Fault::Remote, m_delivery->error()});
        return false;
    }
    return false;
}

// A line fits into the pipe, which is empty: the script reads nothing else while it asks.
void ChildCarrier::sendPassword()
{
    std::string line;
    line.reserve(m_password.size() + 1);
    for (const char c : m_password) {
        if (c != '\n')
            line += c;
    }
    line += '\n';
    [[maybe_unused]] const auto sent = ::write(m_child->input.get(), line.data(), line.size());
    wipe(line);
}

void ChildCarrier::sendFile()
{
    const auto& bytes = m_agent.bytes;
    const ssize_t sent =
        ::write(m_child->input.get(), bytes.data() + m_fileSent, bytes.size() - m_fileSent);
    if (sent > 0)
        m_fileSent += static_cast<std::size_t>(sent);
    const bool broken = sent < 0 && errno != EAGAIN && errno != EINTR;
    if (broken || m_fileSent == bytes.size())
        m_loop.unwatch(m_child->input.get());
}

} // namespace podglass::session
