// SPDX-License-Identifier: Apache-2.0
#include "core/files/pcapng_writer.h"

#include "core/bytes/cursor.h"
#include "core/files/pcapng_format.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <limits>

#include <fcntl.h>
#include <unistd.h>

namespace podglass::files {

namespace {

constexpr std::size_t writeBytes = std::size_t{256} << 10;
constexpr std::uint8_t nanoseconds = 9; // a negative power of ten

template <typename T>
void put(std::vector<std::uint8_t>& out, T value)
{
    bytes::appendNumber<std::endian::little>(out, value);
}

void pad(std::vector<std::uint8_t>& out)
{
    while (out.size() % 4 != 0)
        out.push_back(0);
}

// pcapng has LINKTYPE_ numbers, which differ from Linux's DLT_ in this one.
std::uint16_t linkNumber(capture::LinkType link)
{
    return static_cast<std::uint16_t>(link == capture::LinkType::Raw ? capture::LinkType::RawIp
                                                                     : link);
}

void putTime(std::vector<std::uint8_t>& out, base::Timestamp at)
{
    const auto stamp = static_cast<std::uint64_t>(std::max<std::int64_t>(at.nanoseconds, 0));
    put(out, static_cast<std::uint32_t>(stamp >> 32));
    put(out, static_cast<std::uint32_t>(stamp));
}

} // namespace

PcapngWriter::PcapngWriter(std::string path, io::Fd file)
    : m_path(std::move(path))
    , m_file(std::move(file))
{}

PcapngWriter::~PcapngWriter()
{
    if (m_file && !m_path.empty())
        ::unlink(part().c_str());
}

base::Result<PcapngWriter> PcapngWriter::create(const std::string& path,
                                                std::string_view application,
                                                std::string_view comment)
{
    if (::access(path.c_str(), F_OK) == 0)
        return base::systemError(EEXIST, "write " + path, "choose another name");
    constexpr mode_t ownerOnly = 0600; // traffic holds secrets
    io::Fd file(::open(
        (path + ".part").c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, ownerOnly));
    if (!file)
        return base::systemError(errno, "write " + path + ".part", "check the folder");
    PcapngWriter writer(path, std::move(file));
    if (const auto begun = writer.begin(application, comment); !begun)
        return begun.error();
    return writer;
}

base::Result<PcapngWriter> PcapngWriter::toStandardOutput(std::string_view application,
                                                          std::string_view comment)
{
    io::Fd file(::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
    if (!file)
        return base::systemError(errno, "write to the standard output");
    PcapngWriter writer({}, std::move(file));
    if (const auto begun = writer.begin(application, comment); !begun)
        return begun.error();
    return writer;
}

base::Status PcapngWriter::begin(std::string_view application, std::string_view comment)
{
    beginBlock(pcapng::sectionHeader);
    put(m_out, pcapng::byteOrderMagic);
    put(m_out, pcapng::majorVersion);
    put(m_out, std::uint16_t{0});
    put(m_out, pcapng::unknownSectionLength);
    if (!comment.empty())
        option(pcapng::comment, bytes::asBytes(comment));
    option(pcapng::sectionApplication, bytes::asBytes(application));
    option(pcapng::endOfOptions, {});
    return endBlock();
}

base::Status PcapngWriter::addInterface(capture::LinkType link, std::string_view name)
{
    beginBlock(pcapng::interfaceDescription);
    put(m_out, linkNumber(link));
    put(m_out, std::uint16_t{0});
    put(m_out, std::uint32_t{0}); // no limit on the length of packets
    option(pcapng::interfaceName, bytes::asBytes(name));
    option(pcapng::timeResolution, bytes::ByteView(&nanoseconds, 1));
    option(pcapng::endOfOptions, {});
    return endBlock();
}

base::Status PcapngWriter::write(const capture::Packet& packet, std::string_view comment)
{
    beginBlock(pcapng::enhancedPacket);
    put(m_out, packet.interface);
    putTime(m_out, packet.at);
    put(m_out, static_cast<std::uint32_t>(packet.bytes.size()));
    put(m_out, std::max(packet.wireLength, static_cast<std::uint32_t>(packet.bytes.size())));
    m_out.insert(m_out.end(), packet.bytes.begin(), packet.bytes.end());
    pad(m_out);
    if (!comment.empty()) {
        option(pcapng::comment, bytes::asBytes(comment));
        option(pcapng::endOfOptions, {});
    }
    return endBlock();
}

base::Status PcapngWriter::statistics(std::uint32_t interface,
                                      base::Timestamp at,
                                      std::uint64_t received,
                                      std::uint64_t dropped)
{
    beginBlock(pcapng::interfaceStatistics);
    put(m_out, interface);
    putTime(m_out, at);
    std::vector<std::uint8_t> count;
    put(count, received);
    option(pcapng::interfaceReceived, count);
    count.clear();
    put(count, dropped);
    option(pcapng::interfaceDropped, count);
    option(pcapng::endOfOptions, {});
    return endBlock();
}

base::Status PcapngWriter::finish()
{
    if (const auto written = flush(); !written)
        return written;
    if (m_path.empty()) {
        m_file.reset();
        return base::Done{};
    }
    if (::fsync(m_file.get()) != 0)
        return base::systemError(errno, "write " + part(), "is the disk full?");
    if (::rename(part().c_str(), m_path.c_str()) != 0)
        return base::systemError(errno, "rename " + part());
    m_file.reset();
    return base::Done{};
}

void PcapngWriter::option(std::uint16_t code, bytes::ByteView value)
{
    // A comment may be long; the format's length field is what limits it.
    value =
        value.first(std::min<std::size_t>(value.size(), std::numeric_limits<std::uint16_t>::max()));
    put(m_out, code);
    put(m_out, static_cast<std::uint16_t>(value.size()));
    m_out.insert(m_out.end(), value.begin(), value.end());
    pad(m_out);
}

void PcapngWriter::beginBlock(std::uint32_t type)
{
    m_block = m_out.size();
    put(m_out, type);
    put(m_out, std::uint32_t{0}); // the length, at the end
}

base::Status PcapngWriter::endBlock()
{
    const auto length = static_cast<std::uint32_t>(m_out.size() - m_block + 4);
    put(m_out, length);
    std::vector<std::uint8_t> number;
    put(number, length);
    std::copy(
        number.begin(), number.end(), m_out.begin() + static_cast<std::ptrdiff_t>(m_block) + 4);
    return m_out.size() < writeBytes ? base::Status(base::Done{}) : flush();
}

base::Status PcapngWriter::flush()
{
    if (m_failed)
        return base::systemError(EIO, "write " + part(), "an earlier write failed");
    std::size_t written = 0;
    while (written < m_out.size()) {
        const ssize_t put = ::write(m_file.get(), m_out.data() + written, m_out.size() - written);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0) {
            m_failed = true;
            return base::systemError(
                errno, "write " + part(), "free some space, or choose another folder");
        }
        written += static_cast<std::size_t>(put);
    }
    m_total += written;
    m_out.clear();
    return base::Done{};
}

} // namespace podglass::files
