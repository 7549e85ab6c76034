// SPDX-License-Identifier: Apache-2.0
#include "core/files/input.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <zlib.h>
#include <zstd.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace podglass::files {

namespace {

constexpr std::size_t rawBytes = std::size_t{256} << 10;

} // namespace

// One step of decompression: takes from `in`, puts into `out`, moves both.
class Unpacker
{
public:
    Unpacker() = default;
    Unpacker(const Unpacker&) = delete;
    Unpacker& operator=(const Unpacker&) = delete;
    virtual ~Unpacker() = default;

    // Empty: fine. Else what is wrong, in words.
    virtual std::string step(bytes::ByteView& in, std::span<std::uint8_t>& out) = 0;

    // The input may end here.
    [[nodiscard]] virtual bool betweenMembers() const = 0;
};

namespace {

class Gunzip : public Unpacker
{
public:
    Gunzip()
    {
        constexpr int gzipOnly = 16 + MAX_WBITS;
        m_ready = inflateInit2(&m_stream, gzipOnly) == Z_OK;
    }

    ~Gunzip() override { inflateEnd(&m_stream); }

    std::string step(bytes::ByteView& in, std::span<std::uint8_t>& out) override
    {
        if (!m_ready)
            return "no memory to decompress";
        if (m_between && !in.empty()) {
            inflateReset(&m_stream);
            m_between = false;
        }
        m_stream.next_in = const_cast<Bytef*>(in.data());
        m_stream.avail_in = static_cast<uInt>(in.size());
        m_stream.next_out = out.data();
        m_stream.avail_out = static_cast<uInt>(out.size());
        const int outcome = inflate(&m_stream, Z_NO_FLUSH);
        in = in.last(m_stream.avail_in);
        out = out.last(m_stream.avail_out);
        if (outcome == Z_STREAM_END)
            m_between = true;
        else if (outcome != Z_OK && outcome != Z_BUF_ERROR)
            return std::string("gzip: ")
                   + (m_stream.msg != nullptr ? m_stream.msg : "damaged data");
        return {};
    }

    [[nodiscard]] bool betweenMembers() const override { return m_between; }

private:
    z_stream m_stream{};
    bool m_ready = false;
    bool m_between = false;
};

class Unzstd : public Unpacker
{
public:
    Unzstd()
        : m_stream(ZSTD_createDStream())
    {}

    ~Unzstd() override { ZSTD_freeDStream(m_stream); }

    std::string step(bytes::ByteView& in, std::span<std::uint8_t>& out) override
    {
        if (m_stream == nullptr)
            return "no memory to decompress";
        ZSTD_inBuffer from{in.data(), in.size(), 0};
        ZSTD_outBuffer to{out.data(), out.size(), 0};
        const std::size_t outcome = ZSTD_decompressStream(m_stream, &to, &from);
        in = in.subspan(from.pos);
        out = out.subspan(to.pos);
        if (ZSTD_isError(outcome) != 0)
            return std::string("zstd: ") + ZSTD_getErrorName(outcome);
        m_between = outcome == 0;
        return {};
    }

    [[nodiscard]] bool betweenMembers() const override { return m_between; }

private:
    ZSTD_DStream* m_stream;
    bool m_between = true;
};

std::unique_ptr<Unpacker> unpackerFor(bytes::ByteView start)
{
    constexpr std::array<std::uint8_t, 2> gzip{0x1f, 0x8b};
    constexpr std::array<std::uint8_t, 4> zstd{0x28, 0xb5, 0x2f, 0xfd};
    const auto begins = [&](const auto& magic) {
        return start.size() >= magic.size()
               && std::equal(magic.begin(), magic.end(), start.begin());
    };
    if (begins(gzip))
        return std::make_unique<Gunzip>();
    if (begins(zstd))
        return std::make_unique<Unzstd>();
    return nullptr;
}

} // namespace

Input::Input(std::string path, io::Fd file)
    : m_path(std::move(path))
    , m_file(std::move(file))
    , m_raw(rawBytes)
{}

Input::Input(Input&&) noexcept = default;
Input& Input::operator=(Input&&) noexcept = default;
Input::~Input() = default;

base::Result<Input> Input::open(const std::string& path)
{
    const bool standard = path == "-";
    io::Fd file(standard ? ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
                         : ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
    if (!file)
        return base::systemError(errno, "open " + path, "check the path and its permissions");

    struct stat about
    {};

    if (::fstat(file.get(), &about) == 0 && S_ISDIR(about.st_mode))
        return base::systemError(EISDIR, "open " + path, "name a capture file");
    Input input(standard ? "the standard input" : path, std::move(file));
    if (S_ISREG(about.st_mode))
        input.m_size = static_cast<std::uint64_t>(about.st_size);
    if (const auto read = input.refill(); !read)
        return read.error();
    input.m_unpacker = unpackerFor({input.m_raw.data(), input.m_rawSize});
    return input;
}

base::Status Input::refill()
{
    m_rawUsed = 0;
    m_rawSize = 0;
    while (m_rawSize < m_raw.size()) {
        const ssize_t got =
            ::read(m_file.get(), m_raw.data() + m_rawSize, m_raw.size() - m_rawSize);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return base::systemError(errno, "read " + m_path);
        if (got == 0) {
            m_ended = true;
            break;
        }
        m_rawSize += static_cast<std::size_t>(got);
    }
    m_taken += m_rawSize;
    return base::Done{};
}

base::Result<std::size_t> Input::read(std::span<std::uint8_t> room)
{
    const std::size_t wanted = room.size();
    while (!room.empty()) {
        if (m_rawUsed == m_rawSize && !m_ended) {
            if (const auto read = refill(); !read)
                return read.error();
        }
        bytes::ByteView raw(m_raw.data() + m_rawUsed, m_rawSize - m_rawUsed);
        const std::size_t roomBefore = room.size();
        if (m_unpacker) {
            const std::size_t rawBefore = raw.size();
            std::string problem;
            if (!raw.empty() || !m_unpacker->betweenMembers())
                problem = m_unpacker->step(raw, room);
            m_rawUsed += rawBefore - raw.size();
            const bool stuck = raw.size() == rawBefore && room.size() == roomBefore;
            if (problem.empty() && stuck && m_ended && !m_unpacker->betweenMembers())
                problem = "the compressed data is cut off";
            else if (problem.empty() && stuck && m_ended)
                break;
            if (!problem.empty())
                return base::Error{
                    problem, "read " + m_path, "what was before it is good; copy the file again"};
        } else {
            const std::size_t part = std::min(raw.size(), room.size());
            if (part == 0 && m_ended)
                break;
            std::memcpy(room.data(), raw.data(), part);
            m_rawUsed += part;
            room = room.subspan(part);
        }
        m_position += roomBefore - room.size();
    }
    return wanted - room.size();
}

base::Result<bytes::ByteView> Input::take(std::size_t length, std::vector<std::uint8_t>& spare)
{
    if (!m_unpacker && m_rawSize - m_rawUsed >= length) {
        const bytes::ByteView found(m_raw.data() + m_rawUsed, length);
        m_rawUsed += length;
        m_position += length;
        return found;
    }
    spare.resize(length);
    const auto got = read(spare);
    if (!got)
        return got.error();
    return bytes::ByteView(spare).first(*got);
}

} // namespace podglass::files
