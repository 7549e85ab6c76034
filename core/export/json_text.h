// SPDX-License-Identifier: Apache-2.0
// JsonText: JSON (RFC 8259) written straight into a string, member by member, for output that comes
// in millions of objects: building a tree of each first cost ten times as much.
// Contract: the caller opens and closes in order; commas and quotes are made here. What is no UTF-8
// in texts of peers becomes U+FFFD. Thread: one.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

namespace podglass::exporting {

class JsonText
{
public:
    // Appends to `out`, which outlives it.
    explicit JsonText(std::string& out)
        : m_out(out)
    {}

    void beginObject() { begin('{'); }

    void beginArray() { begin('['); }

    void endObject() { end('}'); }

    void endArray() { end(']'); }

    // The name of the member whose value comes next.
    void key(std::string_view name);

    void value(std::string_view text);

    void value(const char* text) { value(std::string_view(text)); }

    void value(const std::string& text) { value(std::string_view(text)); }

    void value(bool truth) { plain(truth ? "true" : "false"); }

    void value(std::nullptr_t) { plain("null"); }

    template <typename Integer>
    requires std::is_integral_v<Integer>

    void value(Integer number)
    {
        if constexpr (std::is_signed_v<Integer>)
            negative(number);
        else
            natural(number);
    }

    // With so many digits behind the point; not for what is no number.
    void decimal(double number, int digits);

    template <typename Value>
    void member(std::string_view name, const Value& given)
    {
        key(name);
        value(given);
    }

private:
    void begin(char bracket);
    void end(char bracket);
    void separate();
    void plain(std::string_view text);
    void natural(std::uint64_t number);
    void negative(std::int64_t number);
    void quoted(std::string_view text);

    std::string& m_out;
    bool m_comma = false; // something stands before, in the same brackets
};

} // namespace podglass::exporting
