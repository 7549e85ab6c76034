// SPDX-License-Identifier: Apache-2.0
// The lists of names and values of a HAR message: header fields, cookies, the query; and times.
// Thread: none of its own.
#pragma once

#include "core/base/time.h"
#include "core/export/har_entry.h"

namespace podglass::exporting {

using FieldVector = std::vector<flow::HeaderField>;

// The first of that name, without case; empty: none.
std::string valueOf(const FieldVector& fields, std::string_view name);
// "2026-11-21T20:15:00.123456Z" (RFC 3339)
std::string isoTime(base::Timestamp at);

class HarFields
{
public:
    HarFields(JsonText& json, Secrets secrets, HarFigures& figures)
        : m_json(json)
        , m_masks(secrets == Secrets::Masked)
        , m_figures(figures)
    {}

    void headers(std::string_view name, const FieldVector& fields);
    // Of all Cookie fields (RFC 6265 4.2).
    void requestCookies(const FieldVector& fields);
    // Of all Set-Cookie fields (RFC 6265 4.1).
    void responseCookies(const FieldVector& fields);
    void query(std::string_view url);

private:
    void pair(std::string_view name, std::string_view value, bool secret);
    void setCookie(std::string_view text);

    JsonText& m_json;
    bool m_masks;
    HarFigures& m_figures;
};

} // namespace podglass::exporting
