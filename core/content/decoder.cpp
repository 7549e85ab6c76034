// SPDX-License-Identifier: Apache-2.0
#include "core/content/decoder.h"

#include <algorithm>
#include <array>
#include <optional>

namespace podglass::content {

namespace {

std::string trimmedLower(std::string_view text)
{
    const auto blank = [](char c) { return c == ' ' || c == '\t'; };
    while (!text.empty() && blank(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && blank(text.back()))
        text.remove_suffix(1);
    std::string lower(text);
    for (char& c : lower)
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
    return lower;
}

std::optional<Coding> codingOf(std::string_view name)
{
    constexpr std::array<std::pair<std::string_view, Coding>, 5> known{
        {{"gzip", Coding::Gzip},
         {"x-gzip", Coding::Gzip}, // RFC 9110 8.4.1.3
         {"deflate", Coding::Deflate},
         {"br", Coding::Brotli},
         {"zstd", Coding::Zstd}}};
    for (const auto& [text, coding] : known)
        if (text == name)
            return coding;
    return std::nullopt;
}

} // namespace

Decoder::Decoder(bytes::ByteView body, std::string_view encoding, bool whole, DecodeLimits limits)
    : m_limits(limits)
    , m_whole(whole)
{
    while (!encoding.empty()) {
        const std::size_t comma = encoding.find(',');
        const std::string name = trimmedLower(encoding.substr(0, comma));
        encoding =
            comma == std::string_view::npos ? std::string_view() : encoding.substr(comma + 1);
        if (name.empty() || name == "identity")
            continue;
        const auto coding = codingOf(name);
        if (!coding) {
            m_stopped = "the content coding \"" + name + "\" is not known here";
            m_codings.clear();
            return;
        }
        m_codings.push_back(*coding);
        m_name += (m_name.empty() ? "" : ", ") + std::string(nameOf(*coding));
    }
    if (m_codings.size() > m_limits.layers) {
        m_stopped = "more than " + std::to_string(m_limits.layers) + " layers of content coding";
        m_codings.clear();
    }
    if (m_codings.empty() || body.empty())
        return;
    m_in.assign(body.begin(), body.end());
    beginLayer();
}

void Decoder::beginLayer()
{
    m_decoder = makeDecoder(m_codings.back());
    m_read = 0;
    m_out.clear();
}

void Decoder::endLayer()
{
    m_decoder.reset();
    m_codings.pop_back();
    if (m_codings.empty() || m_out.empty())
        return;
    m_in = std::move(m_out);
    beginLayer();
}

bool Decoder::stop(std::string why)
{
    m_stopped = std::move(why);
    m_decoder.reset();
    return false;
}

bool Decoder::work(std::size_t room)
{
    if (!m_decoder)
        return false;
    const std::size_t before = m_out.size();
    const std::size_t left = m_limits.bytes - std::min(m_limits.bytes, before);
    m_out.resize(before + std::min(room, left));
    const auto step =
        m_decoder->step(bytes::ByteView(m_in).subspan(m_read), std::span(m_out).subspan(before));
    m_read += step.read;
    m_out.resize(before + step.written);
    const std::string coding = nameOf(m_codings.back());
    if (step.state == StreamDecoder::Step::State::Wrong)
        return stop(m_out.empty()
                        ? "this is no " + coding + ": " + std::string(m_decoder->problem())
                        : coding + " is damaged after " + std::to_string(m_out.size())
                              + " bytes: " + std::string(m_decoder->problem()));
    if (step.state == StreamDecoder::Step::State::Ended) {
        if (m_read < m_in.size())
            m_stopped = std::to_string(m_in.size() - m_read) + " bytes behind the end of " + coding
                        + " are left out";
        endLayer();
        return m_decoder != nullptr;
    }
    if (m_out.size() >= m_limits.bytes)
        return stop("stopped at the limit of " + std::to_string(m_limits.bytes >> 20) + " MiB");
    if (m_out.size() > m_limits.freely && m_out.size() / m_limits.ratio > m_in.size())
        return stop("stopped: grows to more than " + std::to_string(m_limits.ratio)
                    + " times its size, which is what a decompression bomb does");
    if (step.read == 0 && step.written == 0) // all is read
        return stop(m_whole ? coding + " ends before its end" : std::string());
    return true;
}

} // namespace podglass::content
