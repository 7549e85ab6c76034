// SPDX-License-Identifier: Apache-2.0
// A child carries the stream: the agent itself, the user's ssh, or podglass-ssh. Where podglass-ssh
// cannot do what a host asks for, the user's ssh takes its place, and the steps say so; attempts
// after that begin with it.
#pragma once

#include "core/bytes/slice.h"
#include "core/io/child.h"
#include "core/session/agent_file.h"
#include "core/session/carrier.h"
#include "core/session/child_words.h"
#include "core/session/line_reader.h"

#include <map>

namespace podglass::session {

class ChildCarrier : public Carrier
{
public:
    ChildCarrier(io::Loop& loop, const Options& options, RoadMemory& memory, CarrierEvents events);
    ~ChildCarrier() override;

    void open() override;

    [[nodiscard]] int in() const override { return m_child ? m_child->output.get() : -1; }

    [[nodiscard]] int out() const override { return m_child ? m_child->input.get() : -1; }

    void ended(int error) override;
    void answer(std::uint32_t prompt, std::optional<std::string> text) override;

    void greeted() override { m_greeted = true; }

    [[nodiscard]] std::string words() const override { return m_words.last(); }

private:
    // Starting and ending.
    void start();
    void dropChild();
    bool switchOver(const Loss& loss);
    void finish();
    [[nodiscard]] Loss judge();
    void failLater(Loss loss);
    void opened();

    // What the child says.
    void watchChild();
    void controlLines();
    void controlLine(std::string_view line);
    void reached();

    // Delivery.
    void beginDelivery();
    void stopDelivery();
    void deliveryInput();
    bool deliveryStep(const std::string& line); // true: go on reading
    void askForSudo();
    void sendPassword();
    void sendFile();

    // Steps, numbered in the order in which they begin.
    void stepBegin(const std::string& text);
    void stepEnd(StepState state, const std::string& text, const std::string& detail = {});
    void warn(const std::string& text, const std::string& detail);

    io::Loop& m_loop;
    Options m_options;
    RoadMemory& m_memory;
    CarrierEvents m_events;
    std::string m_name; // of the host
    RoadKind m_kind;    // of the child; SystemSsh may stand in for Ssh
    bool m_maySwitch = false;
    bool m_comeBack = false; // podglass-ssh can still ask for a password
    std::optional<io::Child> m_child;
    AgentBytes m_agent;
    std::size_t m_fileSent = 0;
    std::optional<Delivery> m_delivery; // while it lasts
    std::string m_deliveryLine;
    std::string m_password; // sudo's, until the agent has started; then wiped
    ChildWords m_words;
    LineReader m_controlReader;
    std::optional<Loss> m_reported; // what podglass-ssh or the delivery said first
    io::Loop::TimerId m_timer;
    bool m_opened = false;
    bool m_greeted = false; // by an agent
    bool m_ending = false;
    std::uint32_t m_lastStep = 0;
    std::uint32_t m_step = 0;                            // ours that runs; 0: none
    std::map<std::uint32_t, std::uint32_t> m_helperStep; // podglass-ssh's number to ours
    base::Instant m_stepBegun;
};

} // namespace podglass::session
