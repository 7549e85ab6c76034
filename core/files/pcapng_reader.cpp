// SPDX-License-Identifier: Apache-2.0
// pcapng: sections in either byte order, any number of interfaces, packets in enhanced, simple and
// obsolete blocks; all other blocks are passed over by their length.
// Source: draft-ietf-opsawg-pcapng.
#include "core/base/limits.h"
#include "core/capture/link_type.h"
#include "core/files/pcapng_format.h"
#include "core/files/pcapng_time.h"
#include "core/files/reader.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace podglass::files {

namespace {

struct Interface
{
    std::optional<capture::LinkType> link;
    std::uint32_t snapLength = 0;
    std::size_t number = 0; // among all sections
    PcapngTime time;
};

class PcapngReader : public Reader
{
public:
    explicit PcapngReader(Input input)
        : m_input(std::move(input))
    {}

    // The first block's type was read. Goes on to the first packet.
    base::Status begin()
    {
        if (const auto section = readSection(); !section)
            return section.error();
        // Damage is told by next(), behind the packets before it.
        m_waiting = nextPacket();
        const Packet& first = *m_waiting;
        if (m_notDecoded != 0 && first && !first.value().has_value())
            return linkTypeError(m_undecodedLink, m_input.path());
        return base::Done{};
    }

    base::Result<std::optional<FilePacket>> next() override
    {
        if (m_waiting) {
            auto first = std::move(*m_waiting);
            m_waiting.reset();
            return first;
        }
        return nextPacket();
    }

    [[nodiscard]] const std::vector<FileInterface>& interfaces() const override { return m_all; }

    [[nodiscard]] std::uint64_t packetsNotDecoded() const override { return m_notDecoded; }

    [[nodiscard]] std::string comment() const override { return m_comment; }

    [[nodiscard]] const Input& input() const override { return m_input; }

private:
    using Packet = base::Result<std::optional<FilePacket>>;

    template <typename T>
    [[nodiscard]] T number(const std::uint8_t* at) const
    {
        T value = 0;
        std::memcpy(&value, at, sizeof value);
        if (!m_swapped)
            return value;
        if constexpr (sizeof(T) == 8)
            return __builtin_bswap64(value);
        else if constexpr (sizeof(T) == 4)
            return __builtin_bswap32(value);
        else
            return __builtin_bswap16(value);
    }

    [[nodiscard]] base::Error damaged(std::string what) const
    {
        return {std::move(what), "read " + m_input.path(), {}};
    }

    // False: the end, where it may be.
    base::Result<bool> fill(std::span<std::uint8_t> room, bool mayEnd)
    {
        const auto got = m_input.read(room);
        if (!got)
            return got.error();
        if (*got == 0 && mayEnd)
            return false;
        if (*got < room.size())
            return damaged("the file ends inside a block");
        return true;
    }

    Packet nextPacket()
    {
        while (true) {
            std::array<std::uint8_t, 4> type{};
            const auto more = fill(type, true);
            if (!more)
                return more.error();
            if (!*more)
                return std::optional<FilePacket>();
            const auto kind = number<std::uint32_t>(type.data());
            if (kind == pcapng::sectionHeader) {
                if (const auto section = readSection(); !section)
                    return section.error();
                continue;
            }
            if (const auto block = readBlock(); !block)
                return block.error();
            auto packet = packetOf(kind);
            if (!packet || packet->has_value())
                return packet;
        }
    }

    // Behind the type: length, body, length. Leaves the body in m_block.
    base::Status readBlock()
    {
        std::array<std::uint8_t, 4> length{};
        if (const auto got = fill(length, false); !got)
            return got.error();
        return readBody(number<std::uint32_t>(length.data()), {});
    }

    // `begun`: what was read of the body already.
    base::Status readBody(std::uint32_t length, bytes::ByteView begun)
    {
        if (length < pcapng::blockOverhead + begun.size() || length % 4 != 0
            || length > limits::captureBlockBytes)
            return damaged("a block claims " + std::to_string(length) + " bytes");
        m_block.resize(length - pcapng::blockOverhead + 4);
        std::copy(begun.begin(), begun.end(), m_block.begin());
        if (const auto got = fill(std::span(m_block).subspan(begun.size()), false); !got)
            return got.error();
        if (number<std::uint32_t>(m_block.data() + m_block.size() - 4) != length)
            return damaged("a block's two lengths differ");
        m_block.resize(m_block.size() - 4);
        return base::Done{};
    }

    base::Status readSection()
    {
        std::array<std::uint8_t, 8> start{}; // length and byte order
        if (const auto got = fill(start, false); !got)
            return got.error();
        m_swapped = false;
        if (number<std::uint32_t>(start.data() + 4) != pcapng::byteOrderMagic) {
            m_swapped = true;
            if (number<std::uint32_t>(start.data() + 4) != pcapng::byteOrderMagic)
                return damaged("a section has no byte order");
        }
        const auto length = number<std::uint32_t>(start.data());
        if (const auto body = readBody(length, bytes::ByteView(start).last(4)); !body)
            return body.error();
        constexpr std::size_t fixed = 16;
        if (m_block.size() < fixed)
            return damaged("a section header is too short");
        if (const auto major = number<std::uint16_t>(m_block.data() + 4);
            major != pcapng::majorVersion)
            return damaged("version " + std::to_string(major) + " of pcapng is not known");
        m_interfaces.clear();
        options(fixed, [&](std::uint16_t code, bytes::ByteView value) {
            if (code == pcapng::comment)
                append(m_comment, value);
        });
        return base::Done{};
    }

    static void append(std::string& text, bytes::ByteView value)
    {
        if (!text.empty())
            text += '\n';
        text += bytes::asText(value);
    }

    template <typename Visit>
    void options(std::size_t from, const Visit& visit) const
    {
        bytes::ByteView rest = bytes::ByteView(m_block).subspan(std::min(from, m_block.size()));
        while (rest.size() >= 4) {
            const auto code = number<std::uint16_t>(rest.data());
            const std::size_t length = number<std::uint16_t>(rest.data() + 2);
            rest = rest.subspan(4);
            if (code == pcapng::endOfOptions || length > rest.size())
                return; // damaged options are no reason to refuse the packet
            visit(code, rest.first(length));
            rest = rest.subspan(std::min(rest.size(), (length + 3) / 4 * 4));
        }
    }

    Packet packetOf(std::uint32_t kind)
    {
        switch (kind) {
        case pcapng::interfaceDescription:
            if (const auto described = describe(); !described)
                return described.error();
            return std::optional<FilePacket>();
        case pcapng::enhancedPacket:
            return enhanced(4, 20, m_block.size() < 20 ? 0 : number<std::uint32_t>(m_block.data()));
        case pcapng::oldPacket: // interface and drops are 16 bits each
            return enhanced(4, 20, m_block.size() < 20 ? 0 : number<std::uint16_t>(m_block.data()));
        case pcapng::simplePacket:
            return simple();
        default:
            return std::optional<FilePacket>();
        }
    }

    base::Status describe()
    {
        constexpr std::size_t fixed = 8;
        if (m_block.size() < fixed)
            return damaged("an interface description is too short");
        if (m_all.size() >= limits::captureFileInterfaces)
            return damaged("there are more than " + std::to_string(limits::captureFileInterfaces)
                           + " interfaces");
        FileInterface shown;
        shown.link = number<std::uint16_t>(m_block.data());
        shown.snapLength = number<std::uint32_t>(m_block.data() + 4);
        Interface interface;
        interface.link = capture::linkTypeOf(shown.link);
        interface.snapLength = shown.snapLength;
        interface.number = m_all.size();
        bool badClock = false;
        options(fixed, [&](std::uint16_t code, bytes::ByteView value) {
            if (code == pcapng::interfaceName)
                shown.name = bytes::asText(value);
            else if (code == pcapng::timeResolution && value.size() == 1)
                badClock = !interface.time.setResolution(value[0]);
            else if (code == pcapng::timeOffset && value.size() == 8)
                interface.time.setOffset(
                    static_cast<std::int64_t>(number<std::uint64_t>(value.data())));
        });
        if (badClock)
            return damaged("an interface's clock has a resolution that no clock has");
        m_interfaces.push_back(interface);
        m_all.push_back(std::move(shown));
        return base::Done{};
    }

    Packet enhanced(std::size_t timeAt, std::size_t fixed, std::size_t interface)
    {
        if (m_block.size() < fixed)
            return damaged("a packet block is too short");
        const auto high = number<std::uint32_t>(m_block.data() + timeAt);
        const auto low = number<std::uint32_t>(m_block.data() + timeAt + 4);
        const auto captured = number<std::uint32_t>(m_block.data() + timeAt + 8);
        const auto original = number<std::uint32_t>(m_block.data() + timeAt + 12);
        if (captured > m_block.size() - fixed)
            return damaged("a packet is longer than its block");
        auto packet = made(interface, fixed, captured, original);
        if (!packet || !packet->has_value())
            return packet;
        (*packet)->at =
            m_interfaces[interface].time.at(std::uint64_t{high} << 32 | std::uint64_t{low});
        m_last = (*packet)->at;
        options(fixed + (std::size_t{captured} + 3) / 4 * 4,
                [&](std::uint16_t code, bytes::ByteView value) {
                    if (code == pcapng::comment)
                        append((*packet)->comment, value);
                });
        return packet;
    }

    // No time and no captured length of its own.
    Packet simple()
    {
        constexpr std::size_t fixed = 4;
        if (m_block.size() < fixed)
            return damaged("a packet block is too short");
        const auto original = number<std::uint32_t>(m_block.data());
        std::size_t captured = std::min<std::size_t>(original, m_block.size() - fixed);
        if (!m_interfaces.empty() && m_interfaces.front().snapLength != 0)
            captured = std::min<std::size_t>(captured, m_interfaces.front().snapLength);
        auto packet = made(0, fixed, captured, original);
        if (packet && packet->has_value())
            (*packet)->at = m_last;
        return packet;
    }

    Packet made(std::size_t interface, std::size_t from, std::size_t captured, std::uint32_t wire)
    {
        if (interface >= m_interfaces.size())
            return damaged("a packet names interface " + std::to_string(interface)
                           + ", which the file does not describe");
        const Interface& of = m_interfaces[interface];
        if (!of.link) {
            ++m_notDecoded;
            m_undecodedLink = m_all[of.number].link;
            return std::optional<FilePacket>();
        }
        FilePacket packet;
        packet.bytes = bytes::ByteView(m_block).subspan(from, captured);
        packet.wireLength = std::max(static_cast<std::uint32_t>(captured), wire);
        packet.link = *of.link;
        packet.interface = static_cast<std::uint32_t>(of.number);
        return std::optional(std::move(packet));
    }

    Input m_input;
    bool m_swapped = false;
    std::vector<std::uint8_t> m_block;
    std::vector<Interface> m_interfaces; // of this section
    std::vector<FileInterface> m_all;
    std::string m_comment;
    base::Timestamp m_last{};
    std::uint64_t m_notDecoded = 0;
    int m_undecodedLink = 0;
    std::optional<Packet> m_waiting;
};

} // namespace

base::Result<std::unique_ptr<Reader>> openPcapng(Input input)
{
    auto reader = std::make_unique<PcapngReader>(std::move(input));
    if (const auto begun = reader->begin(); !begun)
        return begun.error();
    return std::unique_ptr<Reader>(std::move(reader));
}

} // namespace podglass::files
