// SPDX-License-Identifier: Apache-2.0
#include "core/export/har_body.h"

#include "core/content/decoder.h"
#include "core/export/base64.h"
#include "core/export/printable.h"

#include <strings.h>

namespace podglass::exporting {

namespace {

std::string codingsOf(const store::Message& message)
{
    std::string all;
    for (const flow::HeaderField& field : message.fields.all())
        if (strncasecmp(field.name.data(), "content-encoding", field.name.size()) == 0
            && field.name.size() == 16)
            all += (all.empty() ? "" : ", ") + std::string(field.value);
    return all;
}

void say(HarBody& body, const std::string& what)
{
    body.comment += (body.comment.empty() ? "" : "; ") + what;
}

std::string kept(const store::Message& message)
{
    return std::to_string(message.body.size()) + " of " + std::to_string(message.bodyBytes)
           + " bytes are here";
}

void setText(HarBody& body, bytes::ByteView bytes)
{
    const std::string_view text = bytes::asText(bytes);
    body.base64 = validUtf8(text) != text;
    body.text = body.base64 ? base64(bytes) : std::string(text);
}

} // namespace

HarBody harBody(const store::Message& message)
{
    HarBody body;
    body.wire = body.size = message.bodyBytes;
    body.whole = message.body.size() >= message.bodyBytes;
    if (!body.whole)
        say(body, kept(message));
    if (message.missing != 0)
        say(body, std::to_string(message.missing) + " bytes inside it were not seen");
    if (message.ended && message.fate != flow::MessageFate::Complete
        && message.fate != flow::MessageFate::Unanswered)
        say(body, "it ended before its time");
    const std::string codings = codingsOf(message);
    if (!codings.empty() && !message.body.empty()) {
        content::Decoder decoder(message.body, codings, body.whole && message.ended);
        while (decoder.wanted() && decoder.work())
            ;
        if (!decoder.stopped().empty())
            say(body, codings + ": " + decoder.stopped());
        if (!decoder.bytes().empty()) {
            body.size = decoder.bytes().size();
            setText(body, decoder.bytes());
            return body;
        }
    }
    setText(body, message.body);
    return body;
}

} // namespace podglass::exporting
