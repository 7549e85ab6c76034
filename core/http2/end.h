// SPDX-License-Identifier: Apache-2.0
// End: one end of an HTTP/2 connection, a session of nghttp2 with its callbacks as an
// interface. Bytes in, bytes out, no I/O, no decisions.
//
// Contract: what the peer sends comes to the Owner in order; windows open only by consume(). The
// bodies to send are Messages, which stay where they are until onClosed() of their stream.
// The Owner may submit (request, respond, reset, ...) inside its callbacks, but not receive or
// send. Messages are not judged (RFC 9113 8): that is for the ends that the user put there. Thread:
// the loop's. Source: RFC 9113; nghttp2(1.52) session API.
#pragma once

#include "core/bytes/watermark_buffer.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

struct nghttp2_session;

namespace podglass::http2 {

struct Field
{
    std::string name;
    std::string value;
    bool sensitive = false; // never to be indexed (RFC 7541 7.1.3)
};

using Fields = std::vector<Field>;

// The body of one direction of a stream, from the end that receives it to the one that sends it.
struct Message
{
    Message();

    bytes::WatermarkBuffer body;
    std::optional<Fields> trailers;
    bool ended = false;       // nothing more will be appended
    bool endSent = false;     // the last of it is on its way
    std::size_t credited = 0; // of the first bytes, the window was given back before
    std::size_t owed = 0;     // of the connection's window, to give back as bytes leave
};

struct Setting
{
    std::uint16_t id = 0;
    std::uint32_t value = 0;
};

class End
{
public:
    enum class Role : std::uint8_t
    {
        Server, // towards the caller
        Client, // towards the service or a taker
    };

    struct Incoming
    {
        End& end;
        std::int32_t id = 0;
        void* user = nullptr; // as set for the stream
    };

    struct HeadPlace
    {
        bool opening = false; // the first block of a request
        bool last = false;    // onEnd() follows at once
    };

    class Owner
    {
    public:
        Owner() = default;
        Owner(const Owner&) = delete;
        Owner& operator=(const Owner&) = delete;
        virtual ~Owner() = default;

        virtual void onHead(Incoming stream, Fields fields, HeadPlace place) = 0;
        virtual void onBody(Incoming stream, bytes::ByteView data) = 0;
        virtual void onEnd(Incoming stream) = 0;
        virtual void onClosed(Incoming stream, std::uint32_t code) = 0;
        // These bytes left the message's body.
        virtual void onSent(Incoming stream, Message& message, bytes::ByteView sent) = 0;
        virtual void onGoAway(End& end, std::int32_t last, std::uint32_t code) = 0;
    };

    End(Role role, Owner& owner);
    End(const End&) = delete;
    End& operator=(const End&) = delete;
    ~End();

    // Once, before anything else is sent.
    void announce(const std::vector<Setting>& settings);

    // Before announce(): stream 1 was asked for by HTTP/1.1 with these settings (RFC 7540 3.2), its
    // request is over. False: the settings are against the rules.
    bool upgrade(bytes::ByteView settings, bool headRequest, void* user);

    // False: the peer does not speak HTTP/2, or there is no memory; nothing more is read.
    bool receive(bytes::ByteView data);
    // The next bytes for the peer, valid until the next call; empty: nothing now.
    bytes::ByteView send();

    // GOAWAY, and nothing more is read.
    void terminate(std::uint32_t code);

    // Frames that came since the last call and carry nothing of a message: each costs the receiver
    // more than the sender (RFC 9113 10.5).
    std::uint64_t takeIdleFrames() { return std::exchange(m_idleFrames, 0); }

    // Ended by GOAWAY or a protocol error, and everything is said.
    [[nodiscard]] bool over() const;

    // The peer's SETTINGS came.
    [[nodiscard]] bool greeted() const { return m_greeted; }

    [[nodiscard]] std::uint32_t peerSetting(std::uint16_t id) const;

    // Client. `body` null: the head ends the stream. 0: the peer takes no more streams.
    // The id is `wanted` where that is still free.
    std::int32_t request(std::int32_t wanted, const Fields& head, Message* body, void* user);

    // Server. `body` null: the head ends the stream.
    void respond(std::int32_t stream, const Fields& head, Message* body);
    void interim(std::int32_t stream, const Fields& head);

    // Its message has new bytes, trailers or an end.
    void resume(std::int32_t stream);
    void reset(std::int32_t stream, std::uint32_t code);
    void goAway(std::int32_t last, std::uint32_t code);
    void setUser(std::int32_t stream, void* user);
    void consumeStream(std::int32_t stream, std::size_t count);
    void consumeConnection(std::size_t count);

private:
    struct Callbacks;
    friend struct Callbacks;

    Owner& m_owner;
    nghttp2_session* m_session = nullptr;
    Fields m_block; // the head being received
    std::size_t m_blockBytes = 0;
    std::uint64_t m_idleFrames = 0;
    bool m_greeted = false;
    bool m_failed = false;
};

// RFC 9113 7.
namespace error {
inline constexpr std::uint32_t none = 0;
inline constexpr std::uint32_t protocol = 1;
inline constexpr std::uint32_t internal = 2;
inline constexpr std::uint32_t refused = 7;
inline constexpr std::uint32_t cancel = 8;
inline constexpr std::uint32_t calm = 11;
} // namespace error

} // namespace podglass::http2
