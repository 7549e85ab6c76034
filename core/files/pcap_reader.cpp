// SPDX-License-Identifier: Apache-2.0
// The classic format, in both byte orders, with micro- and nanoseconds, and the variant with
// longer packet headers of some old Linux systems. Source: pcap-savefile(5),
// draft-ietf-opsawg-pcap.
#include "core/base/limits.h"
#include "core/bytes/cursor.h"
#include "core/capture/link_type.h"
#include "core/files/reader.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace podglass::files {

namespace {

constexpr std::uint32_t microseconds = 0xa1b2c3d4;
constexpr std::uint32_t nanoseconds = 0xa1b23c4d;
constexpr std::uint32_t longHeaders = 0xa1b2cd34;
constexpr std::size_t fileHeaderRest = 20; // after the magic number
constexpr std::size_t packetHeader = 16;
constexpr std::size_t longPacketHeader = 24;

class PcapReader : public Reader
{
public:
    PcapReader(Input input, std::uint32_t magic, bool swapped)
        : m_input(std::move(input))
        , m_unit(magic == nanoseconds ? 1 : 1'000)
        , m_headerBytes(magic == longHeaders ? longPacketHeader : packetHeader)
        , m_swapped(swapped)
    {}

    base::Status begin()
    {
        std::array<std::uint8_t, fileHeaderRest> header{};
        const auto got = m_input.read(header);
        if (!got)
            return got.error();
        if (*got < header.size())
            return base::Error{
                "the file ends inside its header", "open " + m_input.path(), "copy the file again"};
        constexpr std::size_t snapLengthAt = 12;
        constexpr std::size_t linkAt = 16;
        constexpr std::uint32_t linkBits = 0x03ffffff; // above: length of the frame check sequence
        const int link = static_cast<int>(number(header.data() + linkAt) & linkBits);
        m_interfaces.push_back({link, {}, number(header.data() + snapLengthAt)});
        const auto decoded = capture::linkTypeOf(link);
        if (!decoded)
            return linkTypeError(link, m_input.path());
        m_link = *decoded;
        return base::Done{};
    }

    base::Result<std::optional<FilePacket>> next() override
    {
        std::array<std::uint8_t, longPacketHeader> header{};
        const auto got = m_input.read(std::span(header).first(m_headerBytes));
        if (!got)
            return got.error();
        if (*got == 0)
            return std::optional<FilePacket>();
        if (*got < m_headerBytes)
            return damaged("the file ends inside a packet's header");
        const std::uint32_t length = number(header.data() + 8);
        if (length > limits::captureBlockBytes)
            return damaged("a packet claims " + std::to_string(length) + " bytes");
        const auto body = m_input.take(length, m_bytes);
        if (!body)
            return body.error();
        if (body->size() < length)
            return damaged("the file ends inside a packet");
        constexpr std::int64_t second = 1'000'000'000;
        FilePacket packet;
        packet.at = {number(header.data()) * second + number(header.data() + 4) * m_unit};
        packet.bytes = *body;
        packet.wireLength = std::max(length, number(header.data() + 12));
        packet.link = m_link;
        return std::optional(std::move(packet));
    }

    [[nodiscard]] const std::vector<FileInterface>& interfaces() const override
    {
        return m_interfaces;
    }

    [[nodiscard]] const Input& input() const override { return m_input; }

private:
    [[nodiscard]] std::uint32_t number(const std::uint8_t* at) const
    {
        std::uint32_t value = 0;
        std::memcpy(&value, at, sizeof value);
        return m_swapped ? __builtin_bswap32(value) : value;
    }

    [[nodiscard]] base::Error damaged(std::string what) const
    {
        return {std::move(what), "read " + m_input.path(), {}};
    }

    Input m_input;
    std::int64_t m_unit;
    std::size_t m_headerBytes;
    bool m_swapped;
    capture::LinkType m_link = capture::LinkType::Ethernet;
    std::vector<FileInterface> m_interfaces;
    std::vector<std::uint8_t> m_bytes; // of a packet that Input had to put together
};

bool isMagic(std::uint32_t number)
{
    return number == microseconds || number == nanoseconds || number == longHeaders;
}

} // namespace

base::Result<std::unique_ptr<Reader>> openPcap(Input input, std::uint32_t magic)
{
    const bool swapped = !isMagic(magic);
    if (swapped)
        magic = __builtin_bswap32(magic);
    if (!isMagic(magic))
        return base::Error{"this is no capture file",
                           "open " + input.path(),
                           "the file must be a capture in pcap or pcapng format, which may be "
                           "compressed by gzip or zstd"};
    auto reader = std::make_unique<PcapReader>(std::move(input), magic, swapped);
    if (const auto begun = reader->begin(); !begun)
        return begun.error();
    return std::unique_ptr<Reader>(std::move(reader));
}

} // namespace podglass::files
