// SPDX-License-Identifier: Apache-2.0
#include "core/wire/head.h"

namespace podglass::wire {

namespace {

// A text as a place in the blob that follows: the raw head, then the extra texts.
struct Place
{
    std::uint32_t offset = 0;
    std::uint32_t length = 0;
};

constexpr std::size_t placeBytes = 2 * sizeof(std::uint32_t);

class BlobWriter
{
public:
    BlobWriter(Encoder& encoder, bytes::ByteView raw)
        : m_encoder(encoder)
        , m_raw(raw)
    {}

    void text(std::string_view text) { place(m_encoder.room(placeBytes), text); }

    void fields(std::span<const flow::HeaderField> fields)
    {
        m_encoder(static_cast<std::uint32_t>(fields.size()));
        std::uint8_t* at = m_encoder.room(fields.size() * 2 * placeBytes);
        for (const flow::HeaderField& field : fields)
            at = place(place(at, field.name), field.value);
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
    std::uint8_t* place(std::uint8_t* at, std::string_view text)
    {
        // Of places that have nothing to do with each other only numbers can be compared.
        const auto offset = reinterpret_cast<std::uintptr_t>(text.data())
                            - reinterpret_cast<std::uintptr_t>(m_raw.data());
        Place place{0, static_cast<std::uint32_t>(text.size())};
        if (offset < m_raw.size() && text.size() <= m_raw.size() - offset) {
            place.offset = static_cast<std::uint32_t>(offset);
        } else {
            place.offset = static_cast<std::uint32_t>(m_raw.size() + m_extraBytes);
            m_extra.push_back(text);
            m_extraBytes += text.size();
        }
        return Encoder::store(Encoder::store(at, place.offset), place.length);
    }

    Encoder& m_encoder;
    bytes::ByteView m_raw;
    std::vector<std::string_view> m_extra;
    std::size_t m_extraBytes = 0;
};

// The places come before the blob that they are in, so they are looked up at the end.
class BlobReader
{
public:
    explicit BlobReader(Decoder& decoder)
        : m_decoder(decoder)
    {}

    void texts(std::initializer_list<std::string_view*> texts)
    {
        m_texts = texts;
        m_textPlaces = m_decoder.raw(texts.size() * placeBytes);
    }

    void fields(std::span<const flow::HeaderField>& fields, flow::EventBatch& batch)
    {
        std::uint32_t count = 0;
        m_decoder(count);
        m_fieldPlaces = m_decoder.raw(std::size_t{count} * 2 * placeBytes);
        if (!m_decoder.failed() && count > 0)
            fields = m_fields = batch.makeFields(count);
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
        bytes::LittleReader textPlaces(m_textPlaces);
        for (std::string_view* text : m_texts)
            look(textPlaces, blob, *text);
        bytes::LittleReader fieldPlaces(m_fieldPlaces);
        for (flow::HeaderField& field : m_fields) {
            look(fieldPlaces, blob, field.name);
            look(fieldPlaces, blob, field.value);
        }
    }

private:
    void look(bytes::LittleReader& places, bytes::ByteView blob, std::string_view& text)
    {
        const auto offset = places.number<std::uint32_t>();
        const auto length = places.number<std::uint32_t>();
        if (offset > blob.size() || length > blob.size() - offset)
            m_decoder.fail();
        else
            text = bytes::asText(blob.subspan(offset, length));
    }

    Decoder& m_decoder;
    std::initializer_list<std::string_view*> m_texts; // the caller's
    bytes::ByteView m_textPlaces;
    std::span<flow::HeaderField> m_fields;
    bytes::ByteView m_fieldPlaces;
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
    const auto texts = {&head.method, &head.target};
    blob.texts(texts);
    blob.fields(head.fields, batch);
    blob.finish(head.raw);
}

void decodeHead(Decoder& decoder, flow::ResponseHead& head, flow::EventBatch& batch)
{
    decoder(head.exchange, head.status, head.version, head.flags);
    BlobReader blob(decoder);
    const auto texts = {&head.reason};
    blob.texts(texts);
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
