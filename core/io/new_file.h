// SPDX-License-Identifier: Apache-2.0
// NewFile: a file that has its name only when it is whole. Writes to `path`.part and renames it at
// finish(); one that is destroyed unfinished removes its part. Readable by its owner only, since
// traffic holds secrets.
// Errors: a full disk, a quota, a folder that is gone or cannot be written: each names the file and
// what to do; after one, nothing more is written.
// Thread: one at a time.
#pragma once

#include "core/base/result.h"
#include "core/bytes/view.h"
#include "core/io/fd.h"

#include <cstdint>
#include <string>

namespace podglass::io {

class NewFile
{
public:
    enum class Existing : bool
    {
        Refused,
        Replaced, // at finish(), at once: until then the old one stays as it is
    };

    static base::Result<NewFile> create(const std::string& path,
                                        Existing existing = Existing::Refused);
    // For a pipe: nothing is renamed, and it is not closed.
    static base::Result<NewFile> standardOutput();
    NewFile(NewFile&&) noexcept = default;
    NewFile& operator=(NewFile&&) = delete;
    ~NewFile();

    // All of it, or an error.
    base::Status write(bytes::ByteView data);
    // What was written is on the disk and has its name.
    base::Status finish();

    [[nodiscard]] std::uint64_t written() const { return m_total; }

private:
    NewFile(std::string path, std::string part);
    base::Error failed(int number, const char* advice);

    std::string m_path; // in the end; empty: a pipe
    std::string m_part; // what is being written
    Fd m_file;
    std::uint64_t m_total = 0;
    bool m_failed = false;
};

} // namespace podglass::io
