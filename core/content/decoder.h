// SPDX-License-Identifier: Apache-2.0
// Decoder: a body as its Content-Encoding (RFC 9110 8.4) says, as a view beside the bytes, which
// stay the truth. Works in slices, so that a window goes on meanwhile and can drop it at any time.
// Limits (limits::decoded...): bytes of a layer, growth, layers; where one is reached decoding
// stops, what there is stays, and stopped() says why. Thread: one object, one thread.
#pragma once

#include "core/base/limits.h"
#include "core/content/stream_decoder.h"

#include <string>
#include <vector>

namespace podglass::content {

struct DecodeLimits
{
    std::size_t bytes = limits::decodedBytes;
    std::size_t ratio = limits::decodedRatio;
    std::size_t freely = limits::decodedFreely; // below this the ratio does not count
    std::size_t layers = limits::decodedLayers;
};

class Decoder
{
public:
    // `encoding`: the values of Content-Encoding, with commas. `whole`: no more bytes follow.
    Decoder(bytes::ByteView body, std::string_view encoding, bool whole, DecodeLimits limits = {});

    // False: nothing is encoded ("identity" or nothing), or stopped() says why it is not tried.
    [[nodiscard]] bool wanted() const { return !m_codings.empty(); }

    // Decodes about `room` bytes more. False: done.
    bool work(std::size_t room = std::size_t{256} << 10);

    // As far as it is decoded; of several layers, the innermost that has begun.
    [[nodiscard]] const std::vector<std::uint8_t>& bytes() const { return m_out; }

    // "gzip", "gzip, br"; outermost last, as in the header.
    [[nodiscard]] const std::string& name() const { return m_name; }

    // In words; empty: everything was decoded (so far).
    [[nodiscard]] const std::string& stopped() const { return m_stopped; }

private:
    void beginLayer();
    void endLayer();
    bool stop(std::string why);

    std::vector<std::uint8_t> m_in; // of the layer being decoded
    std::vector<std::uint8_t> m_out;
    std::size_t m_read = 0;        // of m_in
    std::vector<Coding> m_codings; // still to undo, the next one last
    std::unique_ptr<StreamDecoder> m_decoder;
    std::string m_name;
    std::string m_stopped;
    DecodeLimits m_limits;
    bool m_whole;
};

} // namespace podglass::content
