// SPDX-License-Identifier: Apache-2.0
// FileReplay: a capture file followed like a session: a thread of its own reads, reassembles and
// parses it, and gives events and FileProgress to the same queue. A slow consumer holds it back.
// Contract: the last update is a FileProgress that is done, unless it was cancelled while the queue
// was full; what was readable before damage, or before memory was out, is given all the same.
// Memory: the queue's limit plus the parsers' own. Thread: constructor, cancel() and destructor
// belong to one thread; results come in `updates`, which outlives it.
#pragma once

#include "core/channel/channel.h"
#include "core/io/fd.h"
#include "core/session/update.h"

#include <atomic>
#include <string>
#include <thread>

namespace podglass::files {

class FileReplay
{
public:
    FileReplay(std::string path, channel::Channel<session::Update>& updates);
    FileReplay(const FileReplay&) = delete;
    FileReplay& operator=(const FileReplay&) = delete;
    // Cancels and joins: at most the time of one batch.
    ~FileReplay();

    void cancel();

private:
    class Batches;

    void run();
    void read(session::FileProgress& progress);
    void report(session::FileProgress progress);
    bool push(session::Update update, std::size_t cost);

    std::string m_path;
    channel::Channel<session::Update>& m_updates;
    std::atomic<bool> m_cancelled = false;
    io::Fd m_stop;
    std::jthread m_thread;
};

} // namespace podglass::files
