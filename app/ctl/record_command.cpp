// SPDX-License-Identifier: Apache-2.0
#include "app/ctl/record_command.h"

#include "core/export/printable.h"

#include "app/ctl/live_commands.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <memory>

namespace podglass::ctl {

namespace {

// A recording wants bodies whole; what is not delivered all the same is said in the file.
constexpr std::uint64_t wholeBodies = std::uint64_t{1} << 40U;

std::string count(std::uint64_t number, const char* one, const char* many)
{
    return std::to_string(number) + ' ' + (number == 1 ? one : many);
}

} // namespace

RecordCommand::RecordCommand(LiveOptions live, RecordOptions options)
    : LiveClient(std::move(live))
    , m_options(std::move(options))
{}

void RecordCommand::say(const std::string& text)
{
    std::cerr << "podglassctl: " << exporting::printable(text) << std::endl;
}

int RecordCommand::record()
{
    const std::string program = "podglassctl " PODGLASS_VERSION;
    auto writer =
        m_options.file == "-"
            ? files::PcapngWriter::toStandardOutput(program, files::EventRecorder::fileComment())
            : files::PcapngWriter::create(
                m_options.file, program, files::EventRecorder::fileComment());
    if (!writer) {
        say(writer.error().text());
        return 1;
    }
    m_writer.emplace(std::move(*writer));
    if (const auto added = m_writer->addInterface(capture::LinkType::Ethernet, "podglass");
        !added) {
        say(added.error().text());
        return 1;
    }
    m_recorder.emplace(*m_writer);
    const int status = run();
    if (!m_attached)
        return status; // there is nothing to keep; the unfinished file goes
    auto ended = m_recorder->finish({});
    if (ended)
        ended = m_writer->finish();
    if (!ended) {
        say(ended.error().text());
        return 1;
    }
    const files::RecorderFigures& figures = m_recorder->figures();
    std::string line = count(figures.connections, "connection", "connections") + ", "
                       + count(figures.packets, "packet", "packets") + " made";
    if (figures.missingBytes != 0)
        line += ", " + count(figures.missingBytes, "byte", "bytes") + " missing in holes";
    if (figures.notDelivered != 0)
        line += ", " + count(figures.notDelivered, "byte", "bytes") + " not delivered";
    if (figures.kernelDrops != 0)
        line += ", " + count(figures.kernelDrops, "packet", "packets") + " lost in the kernel";
    if (figures.connectionsBeyond != 0)
        line += ", " + count(figures.connectionsBeyond, "connection", "connections")
                + " beyond the limit";
    say(line);
    return status;
}

void RecordCommand::connected(const wire::Hello& /*agent*/)
{
    attachToTargets();
}

void RecordCommand::update(session::Update& update)
{
    if (const auto* batch = std::get_if<flow::EventBatch>(&update)) {
        events(*batch);
    } else if (const auto* failure = std::get_if<wire::Failure>(&update)) {
        fail(*failure);
    } else if (const auto* now = std::get_if<wire::Attached>(&update)) {
        attached(*now);
    } else if (const auto* state = std::get_if<wire::PortState>(&update)) {
        if (state->refused)
            fail(state->message);
        else
            say("recording port " + std::to_string(state->port));
    } else if (std::holds_alternative<session::Break>(update)) {
        say("the connection to the agent was cut; what passed meanwhile is not in the file");
    }
}

void RecordCommand::attached(const wire::Attached& attached)
{
    m_attached = true;
    if (!m_asked.insert(attached.target.value).second)
        return; // again, after a break
    const std::vector<std::uint16_t> ports = portsToFollow(attached, m_options.ports);
    if (ports.empty())
        fail("nothing listens in " + attached.name + "; name a port with --port");
    for (const std::uint16_t port : ports) {
        wire::SetPort wanted;
        wanted.target = attached.target;
        wanted.port = port;
        wanted.mode = wire::Mode::Mirror;
        wanted.revision = 1;
        wanted.bodyLimit = wholeBodies;
        session().setPort(std::move(wanted));
    }
}

void RecordCommand::events(const flow::EventBatch& batch)
{
    for (const flow::Event& event : batch.events) {
        m_recorder->onEvent(event);
        if (m_options.connections != 0 && m_recorder->figures().closed == m_options.connections) {
            finish(0);
            return;
        }
    }
    if (const auto flushed = m_writer->flush(); !flushed)
        fail(flushed.error().text());
    else if (!m_recorder->status())
        fail(m_recorder->status().error().text());
}

void addRecordCommand(CLI::App& app, int& status)
{
    auto* command = app.add_subcommand("record", "Follow a target; write its traffic as pcapng");
    auto live = std::make_shared<LiveOptions>();
    auto options = std::make_shared<RecordOptions>();
    addLiveOptions(*command, *live);
    addMoreTargets(*command, *live);
    command->add_option("FILE", options->file, "a new file, or - for the standard output")
        ->required();
    addPorts(*command, options->ports);
    command->add_option("--seconds", live->seconds, "end after so long");
    command->add_option("--connections", options->connections, "end after so many have ended");
    command->callback(
        [live, options, &status] { status = RecordCommand(*live, *options).record(); });
}

} // namespace podglass::ctl
