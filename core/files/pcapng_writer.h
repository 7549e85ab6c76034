// SPDX-License-Identifier: Apache-2.0
// PcapngWriter: packets into a new pcapng file, with nanoseconds, comments on packets and counts of
// what was dropped, as Wireshark reads them.
// Contract and errors: those of io::NewFile; no half file ever has the final name.
// Thread: one at a time. Source: draft-ietf-opsawg-pcapng.
#pragma once

#include "core/base/result.h"
#include "core/capture/packet.h"
#include "core/io/new_file.h"

#include <string>
#include <string_view>
#include <vector>

namespace podglass::files {

class PcapngWriter
{
public:
    // `comment`: of the whole file; may be empty. `application`: who writes.
    static base::Result<PcapngWriter>
    create(const std::string& path,
           std::string_view application,
           std::string_view comment,
           io::NewFile::Existing existing = io::NewFile::Existing::Refused);
    // For a pipe: nothing is renamed, and it is not closed.
    static base::Result<PcapngWriter> toStandardOutput(std::string_view application,
                                                       std::string_view comment);

    // Interfaces get the numbers 0, 1, … in the order in which they are added.
    base::Status addInterface(capture::LinkType link, std::string_view name);

    // packet.interface must have been added.
    base::Status write(const capture::Packet& packet, std::string_view comment = {});

    // What the capture itself counted.
    base::Status statistics(std::uint32_t interface,
                            base::Timestamp at,
                            std::uint64_t received,
                            std::uint64_t dropped);

    // What was written so far leaves this object.
    base::Status flush();

    base::Status finish();

    [[nodiscard]] std::uint64_t bytesWritten() const { return m_file.written(); }

private:
    explicit PcapngWriter(io::NewFile file)
        : m_file(std::move(file))
    {}

    static base::Result<PcapngWriter>
    begun(base::Result<io::NewFile> file, std::string_view application, std::string_view comment);
    void option(std::uint16_t code, bytes::ByteView value);
    void beginBlock(std::uint32_t type);
    base::Status endBlock();
    base::Status begin(std::string_view application, std::string_view comment);

    io::NewFile m_file;
    std::vector<std::uint8_t> m_out;
    std::size_t m_block = 0; // where the current one began
};

} // namespace podglass::files
