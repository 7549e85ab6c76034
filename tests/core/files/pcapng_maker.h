// SPDX-License-Identifier: Apache-2.0
// pcapng files block by block, as others may write them, and what our reader tells of a file.
#pragma once

#include "core/bytes/cursor.h"
#include "core/files/file_source.h"
#include "core/files/pcapng_format.h"

#include <QFile>
#include <QTemporaryDir>

namespace podglass::tests {

using Bytes = std::vector<std::uint8_t>;

// Blocks in either byte order.
struct PcapngMaker
{
    template <typename T>
    PcapngMaker& put(T value)
    {
        if (big)
            bytes::appendNumber<std::endian::big>(body, value);
        else
            bytes::appendNumber<std::endian::little>(body, value);
        return *this;
    }

    PcapngMaker& data(bytes::ByteView raw)
    {
        body.insert(body.end(), raw.begin(), raw.end());
        while (body.size() % 4 != 0)
            body.push_back(0);
        return *this;
    }

    PcapngMaker& option(std::uint16_t code, bytes::ByteView value)
    {
        return put(code).put(static_cast<std::uint16_t>(value.size())).data(value);
    }

    PcapngMaker& end(std::uint32_t type)
    {
        Bytes inner;
        inner.swap(body);
        const auto length = static_cast<std::uint32_t>(inner.size() + 12);
        put(type).put(length);
        body.insert(body.end(), inner.begin(), inner.end());
        put(length);
        file.insert(file.end(), body.begin(), body.end());
        body.clear();
        return *this;
    }

    PcapngMaker& section()
    {
        return put(files::pcapng::byteOrderMagic)
            .put(std::uint16_t{1})
            .put(std::uint16_t{0})
            .put(files::pcapng::unknownSectionLength)
            .end(files::pcapng::sectionHeader);
    }

    PcapngMaker& interface(std::uint16_t link, Bytes resolution = {}, std::uint32_t snap = 0)
    {
        put(link).put(std::uint16_t{0}).put(snap);
        if (!resolution.empty())
            option(files::pcapng::timeResolution, resolution);
        return end(files::pcapng::interfaceDescription);
    }

    PcapngMaker& packet(std::uint32_t number, std::uint64_t stamp, bytes::ByteView raw)
    {
        put(number)
            .put(static_cast<std::uint32_t>(stamp >> 32))
            .put(static_cast<std::uint32_t>(stamp));
        const auto length = static_cast<std::uint32_t>(raw.size());
        return put(length).put(length).data(raw).end(files::pcapng::enhancedPacket);
    }

    bool big = false;
    Bytes body;
    Bytes file;
};

inline const Bytes frame{1, 2, 3, 4, 5, 6, 7};

// Where a test's captures lie.
class Folder
{
public:
    std::string path(const char* name) const { return m_folder.filePath(name).toStdString(); }

    std::string written(const char* name, const Bytes& bytes) const
    {
        QFile file(m_folder.filePath(name));
        if (!file.open(QIODevice::WriteOnly))
            return {};
        file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<qint64>(bytes.size()));
        return path(name);
    }

private:
    QTemporaryDir m_folder;
};

// What a reader tells of a file.
struct Seen
{
    std::vector<std::int64_t> times;
    std::vector<std::uint32_t> interfaces;
    std::vector<std::string> comments;
    std::vector<std::uint32_t> wireLengths;
    std::vector<Bytes> bytes;
    std::string error;
};

inline Seen readAll(const std::string& name)
{
    Seen seen;
    auto source = files::FileSource::open(name);
    if (!source) {
        seen.error = source.error().text();
        return seen;
    }
    while (true) {
        const auto packet = source->next();
        if (!packet) {
            seen.error = packet.error().text();
            return seen;
        }
        if (!packet->has_value())
            return seen;
        const files::FilePacket& got = **packet;
        seen.times.push_back(got.at.nanoseconds);
        seen.interfaces.push_back(got.interface);
        seen.comments.push_back(got.comment);
        seen.wireLengths.push_back(got.wireLength);
        seen.bytes.emplace_back(got.bytes.begin(), got.bytes.end());
    }
}

} // namespace podglass::tests
