// SPDX-License-Identifier: Apache-2.0
#include "core/files/file_source.h"

#include "core/capture/link_type.h"
#include "core/files/pcapng_format.h"
#include "core/files/reader.h"

#include <array>
#include <cstring>

namespace podglass::files {

base::Error linkTypeError(int link, const std::string& path)
{
    return {"link type " + capture::linkTypeText(link) + " is not decoded",
            "open " + path,
            "capture on an Ethernet, loopback, cooked (any), NFLOG or raw IP interface"};
}

FileSource::FileSource(std::unique_ptr<Reader> reader)
    : m_reader(std::move(reader))
{}

FileSource::FileSource(FileSource&&) noexcept = default;
FileSource& FileSource::operator=(FileSource&&) noexcept = default;
FileSource::~FileSource() = default;

base::Result<FileSource> FileSource::open(const std::string& path)
{
    auto input = Input::open(path);
    if (!input)
        return input.error();
    std::array<std::uint8_t, 4> start{};
    const auto got = input->read(start);
    if (!got)
        return got.error();
    if (*got < start.size())
        return base::Error{"it is empty or too short to be a capture",
                           "open " + path,
                           "the file must be a capture in pcap or pcapng format"};
    std::uint32_t magic = 0;
    std::memcpy(&magic, start.data(), sizeof magic);
    auto reader = magic == pcapng::sectionHeader ? openPcapng(std::move(input).value())
                                                 : openPcap(std::move(input).value(), magic);
    if (!reader)
        return reader.error();
    return FileSource(std::move(reader).value());
}

base::Result<std::optional<FilePacket>> FileSource::next()
{
    auto packet = m_reader->next();
    if (packet) {
        m_packets += packet->has_value() ? 1U : 0U;
        return packet;
    }
    base::Error error = packet.error();
    error.where += " at byte " + std::to_string(m_reader->input().position()) + ", after "
                   + std::to_string(m_packets) + " packets";
    error.advice = "the packets before it were kept; the file is cut or damaged from there";
    return error;
}

std::uint64_t FileSource::packetsNotDecoded() const
{
    return m_reader->packetsNotDecoded();
}

const std::vector<FileInterface>& FileSource::interfaces() const
{
    return m_reader->interfaces();
}

std::string FileSource::comment() const
{
    return m_reader->comment();
}

std::uint64_t FileSource::bytesTaken() const
{
    return m_reader->input().taken();
}

std::uint64_t FileSource::size() const
{
    return m_reader->input().size();
}

} // namespace podglass::files
