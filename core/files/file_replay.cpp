// SPDX-License-Identifier: Apache-2.0
#include "core/files/file_replay.h"

#include "core/base/limits.h"
#include "core/files/file_source.h"
#include "core/parse/connection_parser.h"
#include "core/reassembly/tracker.h"
#include "core/wire/codec.h"

#include <array>
#include <new>

#include <poll.h>

namespace podglass::files {

namespace {

constexpr std::size_t batchBytes = std::size_t{256} << 10;
constexpr std::uint64_t packetsPerReport = 20'000;
constexpr base::TargetId target{1};

} // namespace

// Events copied into batches, as a session makes them of frames.
class FileReplay::Batches : public flow::EventSink
{
public:
    explicit Batches(FileReplay& replay)
        : m_replay(replay)
    {}

    void onEvent(const flow::Event& event) override
    {
        wire::encode(event, m_frames);
        if (m_frames.size() >= batchBytes)
            flush();
    }

    void flush()
    {
        if (m_frames.empty())
            return;
        flow::EventBatch batch;
        const auto kept = bytes::Slice::take(std::exchange(m_frames, {}));
        wire::FrameWalk walk(kept.view());
        while (const auto frame = walk.next()) {
            // Our own encoder made them.
            static_cast<void>(bool(wire::decodeEvent(*frame, batch)));
        }
        batch.storage.push_back(kept);
        batch.cost = kept.view().size() + batch.events.size() * sizeof(flow::Event);
        const std::size_t cost = batch.cost;
        m_replay.push(std::move(batch), cost);
    }

private:
    FileReplay& m_replay;
    std::vector<std::uint8_t> m_frames;
};

FileReplay::FileReplay(std::string path, channel::Channel<session::Update>& updates)
    : m_path(std::move(path))
    , m_updates(updates)
    , m_stop(io::makeEventFd())
    , m_thread([this] { run(); })
{}

FileReplay::~FileReplay()
{
    cancel();
}

void FileReplay::cancel()
{
    m_cancelled = true;
    io::ring(m_stop);
}

// False: cancelled while there was no room.
bool FileReplay::push(session::Update update, std::size_t cost)
{
    while (!m_updates.push(update, cost)) {
        std::array<pollfd, 2> waits{
            {{m_updates.spaceFd().get(), POLLIN, 0}, {m_stop.get(), POLLIN, 0}}};
        ::poll(waits.data(), waits.size(), -1);
        if (m_cancelled)
            return false;
        io::silence(m_updates.spaceFd());
    }
    return true;
}

void FileReplay::report(session::FileProgress progress)
{
    push(std::move(progress), sizeof(session::FileProgress));
}

void FileReplay::run()
{
    session::FileProgress progress;
    try {
        read(progress);
    } catch (const std::bad_alloc&) {
        progress.error = {.what = "there is not enough memory",
                          .where = "read " + m_path,
                          .advice = "close other programs, or read it with podglassctl"};
    }
    progress.done = true;
    progress.cancelled = m_cancelled;
    report(progress);
}

void FileReplay::read(session::FileProgress& progress)
{
    auto source = FileSource::open(m_path);
    if (!source) {
        progress.error = source.error();
        return;
    }
    Batches batches(*this);
    base::Ids exchangeIds;
    base::Ids connectionIds;
    parse::ParserFactory parsers(
        batches, target, exchangeIds, {.bodyLimit = limits::storeBodyBytes, .alsoStreams = false});
    reassembly::Tracker tracker(parsers, connectionIds, reassembly::TrackerOptions::file());
    const auto tell = [&] {
        progress.taken = source->bytesTaken();
        progress.size = source->size();
        progress.packets = source->packetsRead();
        progress.packetsNotDecoded = source->packetsNotDecoded();
        report(progress);
    };
    while (!m_cancelled) {
        const auto packet = source->next();
        if (!packet)
            progress.error = packet.error();
        if (!packet || !packet->has_value())
            break;
        tracker.onPacket(**packet);
        if (source->packetsRead() % packetsPerReport == 0) {
            batches.flush();
            tell();
        }
    }
    if (!m_cancelled)
        tracker.finish();
    batches.flush();
    tell();
}

} // namespace podglass::files
