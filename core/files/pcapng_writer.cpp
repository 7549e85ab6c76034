// SPDX-License-Identifier: Apache-2.0
#include "core/files/pcapng_writer.h"

#include "core/bytes/cursor.h"
#include "core/files/pcapng_format.h"

#include <algorithm>
#include <limits>

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

base::Result<PcapngWriter> PcapngWriter::create(const std::string& path,
                                                std::string_view application,
                                                std::string_view comment,
                                                io::NewFile::Existing existing)
{
    return begun(io::NewFile::create(path, existing), application, comment);
}

base::Result<PcapngWriter> PcapngWriter::toStandardOutput(std::string_view application,
                                                          std::string_view comment)
{
    return begun(io::NewFile::standardOutput(), application, comment);
}

base::Result<PcapngWriter> PcapngWriter::begun(base::Result<io::NewFile> file,
                                               std::string_view application,
                                               std::string_view comment)
{
    if (!file)
        return file.error();
    PcapngWriter writer(std::move(*file));
    if (const auto started = writer.begin(application, comment); !started)
        return started.error();
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
    if (auto written = flush(); !written)
        return written;
    return m_file.finish();
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
    auto written = m_file.write(m_out);
    m_out.clear();
    return written;
}

} // namespace podglass::files
