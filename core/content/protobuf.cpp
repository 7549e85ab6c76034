// SPDX-License-Identifier: Apache-2.0
#include "core/content/protobuf.h"

#include "core/base/limits.h"
#include "core/bytes/cursor.h"

#include <array>
#include <bit>
#include <cmath>
#include <cstdio>
#include <vector>

namespace podglass::content {

namespace {

enum WireType : std::uint8_t
{
    Varint = 0,
    Fixed64 = 1,
    Length = 2,
    GroupStart = 3,
    GroupEnd = 4,
    Fixed32 = 5,
};

struct Field
{
    std::uint32_t number = 0;
    WireType type = Varint;
    std::uint64_t value = 0;   // of numbers
    bytes::ByteView content;   // Length
    std::vector<Field> fields; // Length that reads as a message, groups
    bool text = false;
};

struct Budget
{
    std::size_t fields = limits::protobufFields;
};

bool readVarint(bytes::LittleReader& reader, std::uint64_t& value)
{
    constexpr unsigned longest = 70;
    value = 0;
    for (unsigned shift = 0; shift < longest; shift += 7) {
        const auto byte = reader.number<std::uint8_t>();
        if (reader.failed())
            return false;
        if (shift < 64)
            value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
        if ((byte & 0x80) == 0)
            return true;
    }
    return false;
}

// Whole, and nothing a person could not read.
bool printableUtf8(bytes::ByteView bytes)
{
    for (std::size_t i = 0; i < bytes.size();) {
        const std::uint8_t lead = bytes[i];
        const std::size_t more = lead < 0x80 ? 0 : lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
        const bool control = lead < 0x20 && lead != '\n' && lead != '\t' && lead != '\r';
        const bool notLead = (lead >= 0x80 && lead < 0xc2) || lead > 0xf4;
        if (control || lead == 0x7f || notLead || more >= bytes.size() - i)
            return false;
        for (std::size_t j = 1; j <= more; ++j)
            if ((bytes[i + j] & 0xc0) != 0x80)
                return false;
        i += more + 1;
    }
    return true;
}

bool readFields(bytes::LittleReader& reader,
                std::vector<Field>& fields,
                std::size_t depth,
                std::uint32_t group,
                Budget& budget);

// The content of `field`; false: no field.
bool readValue(bytes::LittleReader& reader, Field& field, std::size_t depth, Budget& budget)
{
    switch (field.type) {
    case Varint:
        return readVarint(reader, field.value);
    case Fixed64:
        field.value = reader.number<std::uint64_t>();
        return !reader.failed();
    case Fixed32:
        field.value = reader.number<std::uint32_t>();
        return !reader.failed();
    case Length: {
        std::uint64_t length = 0;
        if (!readVarint(reader, length) || length > reader.rest().size())
            return false;
        field.content = reader.view(static_cast<std::size_t>(length));
        field.text = printableUtf8(field.content);
        if (field.text || depth == 0)
            return true;
        bytes::LittleReader inner(field.content);
        if (!readFields(inner, field.fields, depth - 1, 0, budget))
            field.fields.clear();
        return true;
    }
    case GroupStart:
        return depth > 0 && readFields(reader, field.fields, depth - 1, field.number, budget);
    case GroupEnd:
        break;
    }
    return false;
}

// To the end of the bytes, or of the group.
bool readFields(bytes::LittleReader& reader,
                std::vector<Field>& fields,
                std::size_t depth,
                std::uint32_t group,
                Budget& budget)
{
    constexpr std::uint64_t highestNumber = (1U << 29U) - 1;
    while (!reader.rest().empty()) {
        std::uint64_t key = 0;
        if (!readVarint(reader, key) || key >> 3 == 0 || key >> 3 > highestNumber
            || (key & 7) > Fixed32 || budget.fields == 0)
            return false;
        --budget.fields;
        Field field;
        field.number = static_cast<std::uint32_t>(key >> 3);
        field.type = static_cast<WireType>(key & 7);
        if (field.type == GroupEnd)
            return group == field.number;
        if (!readValue(reader, field, depth, budget))
            return false;
        fields.push_back(std::move(field));
    }
    return group == 0;
}

std::string realText(double value)
{
    std::array<char, 40> text{};
    (void)std::snprintf(text.data(), text.size(), "%.9g", value);
    return text.data();
}

std::string hex(bytes::ByteView bytes, std::size_t most)
{
    static constexpr char digits[] = "0123456789abcdef";
    std::string text;
    for (const std::uint8_t byte : bytes.first(std::min(bytes.size(), most))) {
        text += digits[byte >> 4];
        text += digits[byte & 15];
    }
    return bytes.size() > most ? text + "\u2026" : text;
}

std::string quoted(std::string_view text)
{
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\')
            out += '\\';
        if (c == '\n')
            out += "\\n";
        else if (c == '\r')
            out += "\\r";
        else if (c == '\t')
            out += "\\t";
        else
            out += c;
    }
    return out + '"';
}

std::string numberText(const Field& field, bool readings)
{
    if (field.type == Varint)
        return std::to_string(static_cast<std::int64_t>(field.value))
               + (readings ? "   varint" : "");
    const bool wide = field.type == Fixed64;
    const double real =
        wide ? std::bit_cast<double>(field.value)
             : static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(field.value)));
    const bool likely = std::isfinite(real) && std::fabs(real) > 1e-9 && std::fabs(real) < 1e15;
    std::string text = likely ? realText(real) : std::to_string(field.value);
    if (readings)
        text += wide ? "   fixed64, " + std::to_string(field.value)
                     : "   fixed32, " + std::to_string(field.value);
    return text;
}

void write(const std::vector<Field>& fields, std::size_t indent, std::string& out)
{
    constexpr std::size_t shownHex = 64;
    for (const Field& field : fields) {
        out.append(indent * 2, ' ').append(std::to_string(field.number));
        if (!field.fields.empty() || field.type == GroupStart) {
            out += field.type == GroupStart
                       ? " {   group\n"
                       : " {   message, " + std::to_string(field.content.size()) + " bytes\n";
            write(field.fields, indent + 1, out);
            out.append(indent * 2, ' ').append("}\n");
        } else if (field.type != Length) {
            out += ": " + numberText(field, true) + '\n';
        } else if (field.text) {
            out += ": " + quoted(bytes::asText(field.content)) + '\n';
        } else {
            out += ": " + hex(field.content, shownHex) + "   bytes, "
                   + std::to_string(field.content.size()) + '\n';
        }
    }
}

void writeLine(const std::vector<Field>& fields, std::size_t length, std::string& out)
{
    constexpr std::size_t shownHex = 8;
    for (const Field& field : fields) {
        if (out.size() > length)
            return;
        out += (out.empty() || out.ends_with("{ ") ? "" : "  ") + std::to_string(field.number);
        if (!field.fields.empty() || field.type == GroupStart) {
            out += " { ";
            writeLine(field.fields, length, out);
            out += " }";
        } else if (field.type != Length) {
            out += ": " + numberText(field, false);
        } else {
            out += ": "
                   + (field.text ? quoted(bytes::asText(
                          field.content.first(std::min(field.content.size(), length))))
                                 : hex(field.content, shownHex));
        }
    }
}

} // namespace

std::optional<std::string> protobufText(bytes::ByteView message)
{
    std::vector<Field> fields;
    Budget budget;
    bytes::LittleReader reader(message);
    if (!readFields(reader, fields, limits::protobufDepth, 0, budget))
        return std::nullopt;
    std::string text;
    write(fields, 0, text);
    return text;
}

std::string protobufLine(bytes::ByteView message, std::size_t length)
{
    std::vector<Field> fields;
    Budget budget;
    bytes::LittleReader reader(message);
    if (!readFields(reader, fields, limits::protobufDepth, 0, budget))
        return {};
    std::string text;
    writeLine(fields, length, text);
    return text;
}

} // namespace podglass::content
