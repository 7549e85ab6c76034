// SPDX-License-Identifier: Apache-2.0
#include "core/wire/head.h"

#include <functional>

namespace podglass::wire {

namespace {

// A text as a place in the blob that follows: the raw head, then the extra texts.
struct Place
{
    std::uint32_t offset = 0;
    std::uint32_t length = 0;
};

class BlobWriter
{
public:
    BlobWriter(Encoder& encoder, bytes::ByteView raw)
        : m_encoder(encoder)
        , m_raw(raw)
    {}

    void text(std::string_view text)
    {
        const auto* begin = reinterpret_cast<const std::uint8_t*>(text.data());
        const std::less_equal<> notAfter; // a total order, unlike <= of unrelated pointers
        Place place{0, static_cast<std::uint32_t>(text.size())};
        if (!m_raw.empty() && notAfter(m_raw.data(), begin)
            && notAfter(begin + text.size(), m_raw.data() + m_raw.size())) {
            place.offset = static_cast<std::uint32_t>(begin - m_raw.data());
        } else {
            place.offset = static_cast<std::uint32_t>(m_raw.size() + m_extraBytes);
            m_extra.push_back(text);
            m_extraBytes += text.size();
        }
        m_encoder(place.offset, place.length);
    }

    void fields(std::span<const flow::HeaderField> fields)
    {
        m_encoder(static_cast<std::uint32_t>(fields.size()));
        for (const flow::HeaderField& field : fields) {
            text(field.name);
            text(field.value);
        }
    }

    void finish()
    {
        m_encoder(static_cast<std::uint32_t>(m_raw.size()),
                  static_cast<std::uint32_t>(m_extraBytes));
        m_encoder.putRaw(m_raw);
        for (const std::string_view text : m_extra)
            m_encoder.putRaw(bytes::asBytes(text));
    }

private:
    Encoder& m_encoder;
    bytes::ByteView m_raw;
    std::vector<std::string_view> m_extra;
    std::size_t m_extraBytes = 0;
};

class BlobReader
{
public:
    explicit BlobReader(Decoder& decoder)
        : m_decoder(decoder)
    {}

    void text(std::string_view& text)
    {
        Place place;
        m_decoder(place.offset, place.length);
        m_texts.emplace_back(&text, place);
    }

    // The list lives in the batch, so that spans into it stay valid.
    void fields(std::span<const flow::HeaderField>& fields, flow::EventBatch& batch)
    {
        std::uint32_t count = 0;
        m_decoder(count);
        if (count > m_decoder.remaining() / (2 * sizeof(Place))) {
            m_decoder.fail();
            return;
        }
        auto& list = batch.fieldLists.emplace_back(count);
        for (flow::HeaderField& field : list) {
            text(field.name);
            text(field.value);
        }
        fields = list;
    }

    void finish(bytes::ByteView& raw)
    {
        std::uint32_t rawBytes = 0;
        std::uint32_t extraBytes = 0;
        m_decoder(rawBytes, extraBytes);
        const bytes::ByteView blob = m_decoder.raw(std::size_t{rawBytes} + extraBytes);
        if (m_decoder.failed())
            return;
        raw = blob.first(rawBytes);
        for (const auto& [text, place] : m_texts) {
            if (place.offset > blob.size() || place.length > blob.size() - place.offset) {
                m_decoder.fail();
                return;
            }
            *text = bytes::asText(blob.subspan(place.offset, place.length));
        }
    }

private:
    Decoder& m_decoder;
    std::vector<std::pair<std::string_view*, Place>> m_texts;
};

} // namespace

void encodeHead(Encoder& encoder, const flow::RequestHead& head)
{
    encoder(head.exchange, head.version, head.flags);
    BlobWriter blob(encoder, head.raw);
    blob.text(head.method);
    blob.text(head.target);
    blob.fields(head.fields);
    blob.finish();
}

void encodeHead(Encoder& encoder, const flow::ResponseHead& head)
{
    encoder(head.exchange, head.status, head.version, head.flags);
    BlobWriter blob(encoder, head.raw);
    blob.text(head.reason);
    blob.fields(head.fields);
    blob.finish();
}

void encodeEnd(Encoder& encoder, const flow::MessageEnd& end)
{
    encoder(end.exchange, end.direction, end.fate, end.bodyBytes, end.bodyBytesWithheld);
    BlobWriter blob(encoder, {});
    blob.fields(end.trailers);
    blob.finish();
}

void decodeHead(Decoder& decoder, flow::RequestHead& head, flow::EventBatch& batch)
{
    decoder(head.exchange, head.version, head.flags);
    BlobReader blob(decoder);
    blob.text(head.method);
    blob.text(head.target);
    blob.fields(head.fields, batch);
    blob.finish(head.raw);
}

void decodeHead(Decoder& decoder, flow::ResponseHead& head, flow::EventBatch& batch)
{
    decoder(head.exchange, head.status, head.version, head.flags);
    BlobReader blob(decoder);
    blob.text(head.reason);
    blob.fields(head.fields, batch);
    blob.finish(head.raw);
}

void decodeEnd(Decoder& decoder, flow::MessageEnd& end, flow::EventBatch& batch)
{
    decoder(end.exchange, end.direction, end.fate, end.bodyBytes, end.bodyBytesWithheld);
    BlobReader blob(decoder);
    blob.fields(end.trailers, batch);
    bytes::ByteView raw;
    blob.finish(raw);
    if (!raw.empty())
        decoder.fail();
}

} // namespace podglass::wire
