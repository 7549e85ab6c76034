// SPDX-License-Identifier: Apache-2.0
// CaptureSave: writes a pcapng file on a thread of its own: from events that were kept (frames of
// wire/codec.h), or from another capture file, whose streams are written byte for byte.
// Contract: the file has its name once state() says it is finished without an error; cancelled or
// failed, there is no file. Thread: constructor, state() and destructor belong to one thread.
#pragma once

#include "core/bytes/slice.h"
#include "core/files/event_recorder.h"

#include <atomic>
#include <mutex>
#include <string>
#include <thread>
#include <variant>
#include <vector>

namespace podglass::files {

struct SaveState
{
    std::uint64_t done = 0; // bytes of the source
    std::uint64_t size = 0; // 0: not known
    bool finished = false;
    bool cancelled = false;
    base::Error
        error; // `what` empty: none. Also of a source that is damaged: it is kept until there
    bool written = false;
    RecorderFigures figures;
};

class CaptureSave
{
public:
    using Source = std::variant<std::vector<bytes::Slice>, std::string>; // frames; a capture file

    // `path`: replaced if it is there. `application`: who writes.
    CaptureSave(Source source, std::string path, std::string application);
    CaptureSave(const CaptureSave&) = delete;
    CaptureSave& operator=(const CaptureSave&) = delete;
    // Cancels and joins.
    ~CaptureSave();

    void cancel() { m_cancelled = true; }

    [[nodiscard]] SaveState state() const;

private:
    void run();
    base::Status write(const std::vector<bytes::Slice>& frames, EventRecorder& recorder);
    base::Status write(const std::string& capture, EventRecorder& recorder);
    void tell(std::uint64_t done, std::uint64_t size);

    Source m_source;
    std::string m_path;
    std::string m_application;
    std::atomic<bool> m_cancelled = false;
    mutable std::mutex m_mutex;
    SaveState m_state;
    std::jthread m_thread;
};

} // namespace podglass::files
