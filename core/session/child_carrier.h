// SPDX-License-Identifier: Apache-2.0
// A child carries the stream: the agent itself, the user's ssh, or podglass-ssh.
#pragma once

#include "core/bytes/slice.h"
#include "core/io/child.h"
#include "core/session/carrier.h"
#include "core/session/delivery.h"
#include "core/session/line_reader.h"

#include <deque>

namespace podglass::session {

class ChildCarrier : public Carrier
{
public:
    ChildCarrier(io::Loop& loop, const Options& options, CarrierEvents events);
    ~ChildCarrier() override;

    void open() override;

    [[nodiscard]] int in() const override { return m_child ? m_child->output.get() : -1; }

    [[nodiscard]] int out() const override { return m_child ? m_child->input.get() : -1; }

    void ended(int error) override;
    void answer(std::uint32_t prompt, std::optional<std::string> text) override;
    [[nodiscard]] std::string words() const override;

private:
    base::Status readAgentFile();
    [[nodiscard]] std::vector<std::string> command() const;
    void watchChild();
    void errorLines();
    void controlLines();
    void controlLine(std::string_view line);
    void deliveryInput();
    void sendFile();
    void stepBegin(const std::string& text);
    void stepEnd(StepState state, const std::string& text, const std::string& detail = {});
    void failLater(Loss loss);
    void stopDelivery();
    void finish();
    [[nodiscard]] Loss judge();
    [[nodiscard]] std::string lastWords() const;

    io::Loop& m_loop;
    Options m_options;
    CarrierEvents m_events;
    std::optional<io::Child> m_child;
    AgentFile m_file;
    std::vector<std::uint8_t> m_fileBytes;
    std::size_t m_fileSent = 0;
    std::optional<Delivery> m_delivery; // while it lasts
    std::string m_deliveryLine;
    LineReader m_errorReader;
    LineReader m_controlReader;
    std::deque<std::string> m_errorLines; // the last few
    std::optional<Loss> m_reported;       // what podglass-ssh or the delivery said
    io::Loop::TimerId m_timer;
    bool m_ending = false;
    std::uint32_t m_step = 0;
    base::Instant m_stepBegun;
    std::string m_road; // "ssh build-3"
};

// What the words of ssh(1) on stderr mean.
Fault faultOfSsh(const std::string& words);

} // namespace podglass::session
