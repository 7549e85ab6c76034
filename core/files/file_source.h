// SPDX-License-Identifier: Apache-2.0
// FileSource: packets of a capture file: pcap in both byte orders with micro- or nanoseconds,
// pcapng with any number of sections and interfaces, either of them compressed by gzip or zstd.
// Contract: next() gives packets in file order; a file that ends inside a packet gives everything
// before it, then an Error with the position. Packets read so far are counted, so the caller can
// say how much it kept. Memory does not depend on the size of the file.
// Thread: one at a time.
#pragma once

#include "core/base/result.h"
#include "core/files/file_packet.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace podglass::files {

class Reader; // reader.h

class FileSource
{
public:
    // "-" is the standard input. Refuses what is not a capture, and link types that are not decoded
    // by name; in a file with several interfaces those that are not decoded are passed over.
    static base::Result<FileSource> open(const std::string& path);
    FileSource(FileSource&&) noexcept;
    FileSource& operator=(FileSource&&) noexcept;
    ~FileSource();

    // Empty at the end of the file. The bytes are valid until the next call.
    base::Result<std::optional<FilePacket>> next();

    [[nodiscard]] std::uint64_t packetsRead() const { return m_packets; }

    [[nodiscard]] std::uint64_t packetsNotDecoded() const;
    [[nodiscard]] const std::vector<FileInterface>& interfaces() const; // grows while reading
    [[nodiscard]] std::string comment() const;

    // Of the file as it lies on the disk; size 0: not known.
    [[nodiscard]] std::uint64_t bytesTaken() const;
    [[nodiscard]] std::uint64_t size() const;

private:
    explicit FileSource(std::unique_ptr<Reader> reader);

    std::unique_ptr<Reader> m_reader;
    std::uint64_t m_packets = 0;
};

} // namespace podglass::files
