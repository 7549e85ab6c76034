// SPDX-License-Identifier: Apache-2.0
// MessageInflater: the messages of one direction of a WebSocket with permessage-deflate (RFC 7692),
// one after another. With context takeover each needs all before it: after one that was not seen or
// not whole, nothing can be read any more. Thread: one object, one thread.
#pragma once

#include "core/bytes/view.h"

#include <memory>
#include <string>

namespace podglass::content {

class MessageInflater
{
public:
    explicit MessageInflater(bool contextTakeover);
    MessageInflater(const MessageInflater&) = delete;
    MessageInflater& operator=(const MessageInflater&) = delete;
    ~MessageInflater();

    // The payload of a whole message. At most `limit` bytes are put into `out`; the rest is read
    // for the sake of later messages, up to limits::decodedBytes. False: it cannot be read.
    bool inflate(bytes::ByteView message, std::size_t limit, std::string& out);

    // A message was missed.
    void lose();

    [[nodiscard]] bool lost() const { return m_lost; }

private:
    struct Stream;

    std::unique_ptr<Stream> m_stream;
    bool m_takeover;
    bool m_lost = false;
};

// What a Sec-WebSocket-Extensions of the response agrees on (RFC 7692 7.1).
struct DeflateAgreement
{
    bool agreed = false;
    bool clientTakeover = true;
    bool serverTakeover = true;
};

DeflateAgreement readDeflateAgreement(std::string_view extensions);

} // namespace podglass::content
