// SPDX-License-Identifier: Apache-2.0
// LowSlots: descriptors with low numbers, kept free for what must be closed last. A dying process
// closes its highest descriptors first, and the table by which the kernel translates a redirect's
// connections must outlast them: else their callers are never told that they have ended
// (translation_table.h).
// Thread: any. Source: dup(2), close_files() and task_work_run() of the kernel.
#pragma once

#include "core/io/fd.h"

#include <memory>
#include <mutex>
#include <vector>

namespace podglass::agent::guard {

class LowSlots
{
public:
    // At the start of the process, before other descriptors are opened.
    explicit LowSlots(std::size_t count);

    // The same file at the highest number left, each call below the one before unless something was
    // given back between them; as it is when none is left.
    io::Fd lowered(io::Fd descriptor);

    // Closes a descriptor and keeps its number free for the next.
    void giveBack(io::Fd descriptor);

private:
    std::mutex m_mutex;
    io::Fd m_filler;            // what stands in the free ones
    std::vector<io::Fd> m_free; // ascending
    int m_highest = -1;
};

} // namespace podglass::agent::guard
