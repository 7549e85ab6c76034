// SPDX-License-Identifier: Apache-2.0
// Input: the bytes of a file in order, decompressed on the way if they begin as gzip (RFC 1952) or
// zstd (RFC 8878) does; several members or frames one after the other are one stream.
// Contract: memory is fixed, whatever a small file claims to expand to. "-" is the standard input.
// Thread: one at a time. Errors: a damaged or cut compression is an Error, with the file's name.
#pragma once

#include "core/base/result.h"
#include "core/bytes/view.h"
#include "core/io/fd.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace podglass::files {

class Unpacker; // input.cpp

class Input
{
public:
    static base::Result<Input> open(const std::string& path);
    Input(Input&&) noexcept;
    Input& operator=(Input&&) noexcept;
    ~Input();

    // As many bytes as fit, fewer only at the end.
    base::Result<std::size_t> read(std::span<std::uint8_t> room);

    // The next `length` bytes, fewer only at the end, valid until the next call: where they lie, or
    // in `spare` when they must be put together.
    base::Result<bytes::ByteView> take(std::size_t length, std::vector<std::uint8_t>& spare);

    [[nodiscard]] const std::string& path() const { return m_path; }

    // Decompressed bytes given out so far, for messages.
    [[nodiscard]] std::uint64_t position() const { return m_position; }

    // For a progress bar: bytes of the file taken, and its size; 0: not known (a pipe).
    [[nodiscard]] std::uint64_t taken() const { return m_taken; }

    [[nodiscard]] std::uint64_t size() const { return m_size; }

private:
    Input(std::string path, io::Fd file);
    base::Status refill();

    std::string m_path;
    io::Fd m_file;
    std::vector<std::uint8_t> m_raw;
    std::size_t m_rawUsed = 0;
    std::size_t m_rawSize = 0;
    bool m_ended = false;
    std::unique_ptr<Unpacker> m_unpacker; // none: not compressed
    std::uint64_t m_position = 0;
    std::uint64_t m_taken = 0;
    std::uint64_t m_size = 0;
};

} // namespace podglass::files
