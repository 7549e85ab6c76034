// SPDX-License-Identifier: Apache-2.0
#include "core/files/capture_save.h"

#include "core/files/file_source.h"
#include "core/parse/connection_parser.h"
#include "core/reassembly/tracker.h"
#include "core/wire/codec.h"

#include <new>

namespace podglass::files {

namespace {

constexpr std::uint64_t packetsPerReport = 5'000;

// Connections with their streams and holes, without what is made of them: so a recording has the
// bytes as they were on the wire.
class StreamsOnly : public flow::EventSink
{
public:
    explicit StreamsOnly(flow::EventSink& out)
        : m_out(out)
    {}

    void onEvent(const flow::Event& event) override
    {
        const flow::Body& body = event.body;
        if (std::holds_alternative<flow::ConnectionOpened>(body)
            || std::holds_alternative<flow::ConnectionClosed>(body)
            || std::holds_alternative<flow::StreamData>(body)
            || std::holds_alternative<flow::Gap>(body)
            || std::holds_alternative<flow::Anomaly>(body)
            || std::holds_alternative<flow::Lost>(body))
            m_out.onEvent(event);
    }

private:
    flow::EventSink& m_out;
};

} // namespace

CaptureSave::CaptureSave(Source source, std::string path, std::string application)
    : m_source(std::move(source))
    , m_path(std::move(path))
    , m_application(std::move(application))
    , m_thread([this] { run(); })
{}

CaptureSave::~CaptureSave()
{
    cancel();
}

SaveState CaptureSave::state() const
{
    const std::scoped_lock lock(m_mutex);
    return m_state;
}

void CaptureSave::tell(std::uint64_t done, std::uint64_t size)
{
    const std::scoped_lock lock(m_mutex);
    m_state.done = done;
    m_state.size = size;
}

void CaptureSave::run()
{
    SaveState end;
    base::Status source = base::Done{};
    base::Status written = base::Done{};
    auto writer = PcapngWriter::create(
        m_path, m_application, EventRecorder::fileComment(), io::NewFile::Existing::Replaced);
    if (!writer)
        written = writer.error();
    else
        written = writer->addInterface(capture::LinkType::Ethernet, "podglass");
    if (written) {
        EventRecorder recorder(*writer);
        try {
            source = std::visit([&](const auto& from) { return write(from, recorder); }, m_source);
            if (!source && recorder.figures().connections == 0)
                written = source; // there is nothing to keep
            else if (!m_cancelled)
                written = recorder.finish({});
            end.figures = recorder.figures();
            if (written && !m_cancelled)
                written = writer->finish();
        } catch (const std::bad_alloc&) {
            written = base::Error{.what = "there is not enough memory",
                                  .where = "write " + m_path,
                                  .advice = "close other programs, then try again"};
        }
    }
    end.cancelled = m_cancelled;
    end.written = written && !m_cancelled;
    end.finished = true;
    if (!written)
        end.error = written.error();
    else if (!source)
        end.error = source.error();
    const std::scoped_lock lock(m_mutex);
    m_state = end;
}

base::Status CaptureSave::write(const std::vector<bytes::Slice>& frames, EventRecorder& recorder)
{
    std::uint64_t size = 0;
    for (const bytes::Slice& part : frames)
        size += part.size();
    std::uint64_t done = 0;
    for (const bytes::Slice& part : frames) {
        wire::FrameWalk walk(part.view());
        for (auto frame = walk.next(); frame && !m_cancelled && recorder.status();
             frame = walk.next()) {
            flow::EventBatch batch;
            if (auto decoded = wire::decodeEvent(*frame, batch); !decoded)
                return decoded;
            for (const flow::Event& event : batch.events)
                recorder.onEvent(event);
        }
        done += part.size();
        tell(done, size);
    }
    return base::Done{};
}

base::Status CaptureSave::write(const std::string& capture, EventRecorder& recorder)
{
    auto file = FileSource::open(capture);
    if (!file)
        return file.error();
    StreamsOnly streams(recorder);
    base::Ids exchanges;
    base::Ids connections;
    parse::ParserFactory parsers(streams, {1}, exchanges, {.bodyLimit = 0, .alsoStreams = true});
    reassembly::Tracker tracker(parsers, connections, reassembly::TrackerOptions::file());
    base::Status status = base::Done{};
    while (!m_cancelled && recorder.status()) {
        const auto packet = file->next();
        if (!packet)
            status = packet.error();
        if (!packet || !packet->has_value())
            break;
        tracker.onPacket(**packet);
        if (file->packetsRead() % packetsPerReport == 0)
            tell(file->bytesTaken(), file->size());
    }
    if (!m_cancelled)
        tracker.finish();
    return status;
}

} // namespace podglass::files
