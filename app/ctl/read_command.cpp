// SPDX-License-Identifier: Apache-2.0
#include "app/ctl/read_command.h"

#include "core/base/id.h"
#include "core/export/connection_report.h"
#include "core/export/event_json.h"
#include "core/export/har_follower.h"
#include "core/export/message_text.h"
#include "core/export/printable.h"
#include "core/export/report_json.h"
#include "core/files/file_source.h"
#include "core/parse/connection_parser.h"
#include "core/reassembly/tracker.h"

#include "app/ctl/first_packets.h"

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstdio>
#include <limits>
#include <map>
#include <memory>
#include <optional>

namespace podglass::ctl {

namespace {

struct ReadOptions
{
    std::string file;
    bool json = false;
    bool exchanges = false;
    bool events = false;
    bool reveal = false;
    std::string har;                   // a file, or -
    std::optional<std::size_t> stream; // from 0, in the order in which connections begin
    std::string side = "both";
    bool messages = false;
};

void print(const std::string& line)
{
    (void)std::fwrite(line.data(), 1, line.size(), stdout);
    (void)std::fputc('\n', stdout);
}

std::string dumped(const nlohmann::json& object)
{
    return object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

template <typename... Report>
std::string inJson(const Report&... report)
{
    std::string line;
    exporting::appendJson(line, report...);
    return line;
}

// The bytes of one connection's streams, as the applications read them, in the order of capture.
class StreamPrinter : public flow::EventSink
{
public:
    explicit StreamPrinter(const ReadOptions& options)
        : m_options(options)
    {}

    void onEvent(const flow::Event& event) override
    {
        if (std::holds_alternative<flow::ConnectionOpened>(event.body)) {
            if (m_connections++ == *m_options.stream)
                m_chosen = event.connection;
        } else if (const auto* data = std::get_if<flow::StreamData>(&event.body)) {
            const bool client = data->direction == flow::Direction::ClientToServer;
            if (event.connection == m_chosen && m_options.side != (client ? "server" : "client"))
                (void)std::fwrite(data->data.data(), 1, data->data.size(), stdout);
        }
    }

    [[nodiscard]] bool found() const { return static_cast<bool>(m_chosen); }

    [[nodiscard]] std::size_t connections() const { return m_connections; }

private:
    const ReadOptions& m_options;
    std::size_t m_connections = 0;
    flow::ConnectionId m_chosen;
};

// Prints reports in the chosen form.
class Printer : public flow::EventSink
{
public:
    Printer(const ReadOptions& options, FirstPackets& firsts)
        : m_options(options)
        , m_firsts(firsts)
        , m_reporter({[this](const exporting::ExchangeReport& report) { exchange(report); },
                      [this](const exporting::ConnectionReport& report) { connection(report); }},
                     printsDetail(options) ? exporting::Detail::Messages : exporting::Detail::Sums)
    {}

    // Connections in full, with their first packets and digests; nothing else needs these.
    static bool printsDetail(const ReadOptions& options)
    {
        return options.json && !options.exchanges && !options.events && !options.messages;
    }

    void onEvent(const flow::Event& event) override
    {
        const auto* opened = std::get_if<flow::ConnectionOpened>(&event.body);
        if (opened != nullptr && printsDetail(m_options))
            m_first[event.connection] = m_firsts.take(opened->client, opened->server);
        if (m_options.messages)
            m_store.apply(event);
        else if (m_options.events)
            print(dumped(exporting::toJson(event,
                                           m_options.reveal ? exporting::Secrets::Revealed
                                                            : exporting::Secrets::Masked)));
        else
            m_reporter.onEvent(event);
    }

    void finish()
    {
        if (m_options.messages)
            exporting::writeMessages(m_store, print);
    }

private:
    void exchange(const exporting::ExchangeReport& report)
    {
        if (m_options.exchanges)
            print(m_options.json ? inJson(report) : exporting::toText(report));
        else if (!m_options.json)
            m_lines[report.connection] += "\n  " + exporting::toText(report);
    }

    void connection(const exporting::ConnectionReport& report)
    {
        if (m_options.exchanges)
            return;
        if (m_options.json) {
            const auto first = m_first.extract(report.connection).mapped();
            print(inJson(report, first.frame, first.sender == report.opened.client));
            return;
        }
        const auto lines = m_lines.extract(report.connection);
        print(exporting::toText(report) + (lines.empty() ? std::string() : lines.mapped()));
    }

    const ReadOptions& m_options;
    FirstPackets& m_firsts;
    std::map<flow::ConnectionId, FirstPackets::First> m_first;
    std::map<flow::ConnectionId, std::string> m_lines; // of exchanges of open connections
    exporting::ConnectionReporter m_reporter;
    store::Store m_store; // of --messages
};

// Writes a HAR file.
class HarPrinter
{
public:
    HarPrinter(io::NewFile file, const ReadOptions& options)
        : m_writer(std::move(file),
                   PODGLASS_VERSION,
                   options.reveal ? exporting::Secrets::Revealed : exporting::Secrets::Masked)
        , m_follower(m_writer)
    {}

    exporting::HarFollower& sink() { return m_follower; }

    base::Status finish()
    {
        auto finished = m_follower.finish();
        const exporting::HarFigures& figures = m_writer.figures();
        std::string line = std::to_string(figures.entries) + " entries";
        if (figures.masked != 0)
            line += ", " + std::to_string(figures.masked) + " secrets masked";
        if (const std::string missing = m_writer.missing(); !missing.empty())
            line += "; not in the file: " + missing;
        if (finished)
            (void)std::fprintf(stderr, "podglassctl: %s\n", line.c_str());
        return finished;
    }

private:
    exporting::HarWriter m_writer;
    exporting::HarFollower m_follower;
};

int fail(const base::Error& error)
{
    (void)std::fprintf(stderr, "podglassctl: %s\n", exporting::printable(error.text()).c_str());
    return 1;
}

// Streams are hashed where they are reported; elsewhere they are as live.
parse::ParseOptions parseOptions(const ReadOptions& options)
{
    if (!options.har.empty())
        return {.bodyLimit = limits::storeBodyBytes, .alsoStreams = false};
    return {std::numeric_limits<std::uint64_t>::max(),
            !options.events && !options.messages && !options.exchanges};
}

// Gives every packet to the sinks; what was read before damage counts all the same.
base::Status
readPackets(files::FileSource& file, reassembly::Tracker& tracker, FirstPackets* firsts)
{
    for (;;) {
        auto packet = file.next();
        if (!packet || !packet->has_value()) {
            tracker.finish();
            return packet ? base::Status(base::Done{}) : packet.error();
        }
        if (firsts != nullptr)
            firsts->onPacket(**packet);
        tracker.onPacket(**packet);
    }
}

base::Result<std::unique_ptr<HarPrinter>> openHar(const ReadOptions& options)
{
    auto made =
        options.har == "-" ? io::NewFile::standardOutput() : io::NewFile::create(options.har);
    if (!made)
        return made.error();
    return std::make_unique<HarPrinter>(std::move(*made), options);
}

int read(const ReadOptions& options)
{
    auto file = files::FileSource::open(options.file);
    if (!file)
        return fail(file.error());
    std::unique_ptr<HarPrinter> har;
    if (!options.har.empty()) {
        auto opened = openHar(options);
        if (!opened)
            return fail(opened.error());
        har = std::move(*opened);
    }
    FirstPackets firsts;
    Printer printer(options, firsts);
    StreamPrinter streams(options);
    flow::EventSink* sink = &printer;
    if (har)
        sink = &har->sink();
    else if (options.stream)
        sink = &streams;
    base::Ids exchangeIds;
    base::Ids connectionIds;
    parse::ParserFactory parsers(*sink, {}, exchangeIds, parseOptions(options));
    reassembly::Tracker tracker(parsers, connectionIds, reassembly::TrackerOptions::file());
    const auto status =
        readPackets(*file, tracker, Printer::printsDetail(options) ? &firsts : nullptr);
    const auto written = har ? har->finish() : base::Status(base::Done{});
    printer.finish();
    const bool flushed = std::fflush(stdout) == 0;
    if (!status)
        return fail(status.error());
    if (!written)
        return fail(written.error());
    if (!flushed)
        return fail(base::systemError(errno, "writing the output"));
    if (file->packetsNotDecoded() != 0)
        (void)std::fprintf(stderr,
                           "podglassctl: %llu packets of interfaces with other link types are not "
                           "shown\n",
                           static_cast<unsigned long long>(file->packetsNotDecoded()));
    if (options.stream && !har && !streams.found())
        return fail({.what = "there is no connection " + std::to_string(*options.stream) + ", only "
                             + std::to_string(streams.connections()),
                     .where = options.file,
                     .advice = "they are counted from 0 in the order in which they begin"});
    return 0;
}

} // namespace

void addReadCommand(CLI::App& app, int& status)
{
    auto options = std::make_shared<ReadOptions>();
    CLI::App* command = app.add_subcommand(
        "read", "Show what a pcap or pcapng file holds, also compressed by gzip or zstd");
    command->add_option("FILE", options->file, "The capture file; - is the standard input")
        ->required();
    auto* har =
        command->add_option("--har",
                            options->har,
                            "Write each exchange to a new HAR 1.2 file; - is the standard output");
    command->add_flag("--json", options->json, "One JSON object a line: each TCP connection");
    command->add_flag("--exchanges", options->exchanges, "One line for each request and response");
    command->add_flag("--events", options->events, "One JSON object for each event, in order");
    command->add_option("--stream", options->stream, "The bytes of one connection, counted from 0");
    command->add_option("--side", options->side, "With --stream: client, server or both")
        ->check(CLI::IsMember({"client", "server", "both"}));
    command->add_flag("--messages",
                      options->messages,
                      "Each exchange with the messages in it: gRPC, WebSocket, server-sent events");
    command->add_flag(
        "--reveal", options->reveal, "Show secrets in events and HAR files instead of ***");
    for (const char* other : {"--json", "--exchanges", "--events", "--messages", "--stream"})
        har->excludes(other);
    command->callback([options, &status] { status = read(*options); });
}

} // namespace podglass::ctl
