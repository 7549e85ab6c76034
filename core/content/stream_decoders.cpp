// SPDX-License-Identifier: Apache-2.0
#include "core/content/stream_decoder.h"

#include <algorithm>
#include <brotli/decode.h>
#include <limits>
#include <string>
#include <zlib.h>
#include <zstd.h>

namespace podglass::content {

namespace {

using State = StreamDecoder::Step::State;

class ZlibDecoder final : public StreamDecoder
{
public:
    explicit ZlibDecoder(bool gzip)
        : m_gzip(gzip)
    {}

    ZlibDecoder(const ZlibDecoder&) = delete;
    ZlibDecoder& operator=(const ZlibDecoder&) = delete;

    ~ZlibDecoder() override
    {
        if (m_begun)
            inflateEnd(&m_stream);
    }

    Step step(bytes::ByteView in, std::span<std::uint8_t> room) override
    {
        if (in.empty())
            return {};
        if (!m_begun && !begin(in))
            return {State::Wrong, 0, 0};
        constexpr std::size_t most = std::numeric_limits<uInt>::max();
        const auto given = static_cast<uInt>(std::min(in.size(), most));
        const auto free = static_cast<uInt>(std::min(room.size(), most));
        m_stream.next_in = const_cast<Bytef*>(in.data()); // NOLINT: zlib reads it only
        m_stream.avail_in = given;
        m_stream.next_out = room.data();
        m_stream.avail_out = free;
        const int result = inflate(&m_stream, Z_NO_FLUSH);
        Step done;
        done.read = given - m_stream.avail_in;
        done.written = free - m_stream.avail_out;
        if (result == Z_STREAM_END)
            done.state = nextMember(in.subspan(done.read)) ? State::More : State::Ended;
        else if (result != Z_OK && result != Z_BUF_ERROR)
            done.state = State::Wrong;
        if (done.state == State::Wrong)
            m_problem = m_stream.msg != nullptr ? m_stream.msg : "damaged";
        return done;
    }

    [[nodiscard]] std::string_view problem() const override { return m_problem; }

private:
    // Some send "deflate" without the two bytes of RFC 1950 in front.
    bool begin(bytes::ByteView in)
    {
        constexpr int window = 15;
        constexpr int gzipOnly = 16;
        const bool wrapped = (in[0] & 0x0f) == Z_DEFLATED && (in[0] >> 4) <= 7
                             && (in.size() < 2 || (in[0] * 256 + in[1]) % 31 == 0);
        const int bits = m_gzip ? window + gzipOnly : wrapped ? window : -window;
        m_begun = inflateInit2(&m_stream, bits) == Z_OK;
        return m_begun;
    }

    // RFC 1952 2.2: members follow each other.
    bool nextMember(bytes::ByteView rest)
    {
        return m_gzip && rest.size() > 1 && rest[0] == 0x1f && rest[1] == 0x8b
               && inflateReset(&m_stream) == Z_OK;
    }

    z_stream m_stream{};
    std::string m_problem = "out of memory";
    bool m_gzip;
    bool m_begun = false;
};

class BrotliDecoder final : public StreamDecoder
{
public:
    Step step(bytes::ByteView in, std::span<std::uint8_t> room) override
    {
        std::size_t given = in.size();
        std::size_t free = room.size();
        const std::uint8_t* from = in.data();
        std::uint8_t* to = room.data();
        const auto result =
            BrotliDecoderDecompressStream(m_state.get(), &given, &from, &free, &to, nullptr);
        Step done{State::More, in.size() - given, room.size() - free};
        if (result == BROTLI_DECODER_RESULT_SUCCESS)
            done.state = State::Ended;
        else if (result == BROTLI_DECODER_RESULT_ERROR)
            done.state = State::Wrong;
        return done;
    }

    [[nodiscard]] std::string_view problem() const override
    {
        return BrotliDecoderErrorString(BrotliDecoderGetErrorCode(m_state.get()));
    }

private:
    struct Free
    {
        void operator()(BrotliDecoderState* state) const { BrotliDecoderDestroyInstance(state); }
    };

    std::unique_ptr<BrotliDecoderState, Free> m_state{
        BrotliDecoderCreateInstance(nullptr, nullptr, nullptr)};
};

class ZstdDecoder final : public StreamDecoder
{
public:
    ZstdDecoder()
    {
        // RFC 8878 3.1.1.1.2: a decoder may refuse what needs more than 8 MiB.
        constexpr int windowLog = 23;
        ZSTD_DCtx_setParameter(m_state.get(), ZSTD_d_windowLogMax, windowLog);
    }

    Step step(bytes::ByteView in, std::span<std::uint8_t> room) override
    {
        ZSTD_inBuffer from{in.data(), in.size(), 0};
        ZSTD_outBuffer to{room.data(), room.size(), 0};
        const std::size_t result = ZSTD_decompressStream(m_state.get(), &to, &from);
        Step done{State::More, from.pos, to.pos};
        if (ZSTD_isError(result) != 0U) {
            m_problem = ZSTD_getErrorName(result);
            done.state = State::Wrong;
        } else if (result == 0 && from.pos == in.size()) {
            done.state = State::Ended; // frames follow each other
        }
        return done;
    }

    [[nodiscard]] std::string_view problem() const override { return m_problem; }

private:
    struct Free
    {
        void operator()(ZSTD_DCtx* state) const { ZSTD_freeDCtx(state); }
    };

    std::unique_ptr<ZSTD_DCtx, Free> m_state{ZSTD_createDCtx()};
    std::string m_problem;
};

} // namespace

const char* nameOf(Coding coding)
{
    switch (coding) {
    case Coding::Gzip:
        return "gzip";
    case Coding::Deflate:
        return "deflate";
    case Coding::Brotli:
        return "br";
    case Coding::Zstd:
        return "zstd";
    }
    return "";
}

std::unique_ptr<StreamDecoder> makeDecoder(Coding coding)
{
    switch (coding) {
    case Coding::Gzip:
    case Coding::Deflate:
        return std::make_unique<ZlibDecoder>(coding == Coding::Gzip);
    case Coding::Brotli:
        return std::make_unique<BrotliDecoder>();
    case Coding::Zstd:
        return std::make_unique<ZstdDecoder>();
    }
    return nullptr;
}

} // namespace podglass::content
