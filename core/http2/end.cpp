// SPDX-License-Identifier: Apache-2.0
#include "core/http2/end.h"

#include "core/base/limits.h"

#include <algorithm>
#include <new>
#include <nghttp2/nghttp2.h>
#include <utility>

namespace podglass::http2 {

namespace {

// nghttp2 refuses to send heads beyond its limit, which counts more than we do.
constexpr std::size_t sentHeadBytes = limits::http2HeadBytes * 2;
// What a field costs in HTTP/2's own counting (RFC 9113 6.5.2).
constexpr std::size_t fieldOverhead = 32;

std::vector<nghttp2_nv> pairs(const Fields& fields)
{
    const auto writable = [](const std::string& text) {
        // nghttp2 takes a pointer to non-const and copies.
        return reinterpret_cast<std::uint8_t*>(const_cast<char*>(text.data())); // NOLINT
    };
    std::vector<nghttp2_nv> out;
    out.reserve(fields.size());
    for (const Field& field : fields)
        out.push_back({writable(field.name),
                       writable(field.value),
                       field.name.size(),
                       field.value.size(),
                       static_cast<std::uint8_t>(field.sensitive ? NGHTTP2_NV_FLAG_NO_INDEX
                                                                 : NGHTTP2_NV_FLAG_NONE)});
    return out;
}

} // namespace

Message::Message()
    // A window may be passed by what a peer sent before it knew our settings.
    : body(limits::http2StreamWindow + limits::proxyBufferBytes)
{}

// What nghttp2 calls; `data` is the End.
struct End::Callbacks
{
    static End& self(void* data) { return *static_cast<End*>(data); }

    static Incoming incoming(nghttp2_session* session, std::int32_t stream, void* data)
    {
        return {self(data), stream, nghttp2_session_get_stream_user_data(session, stream)};
    }

    static int beginHead(nghttp2_session* /*session*/, const nghttp2_frame* /*frame*/, void* data)
    {
        self(data).m_block.clear();
        self(data).m_blockBytes = 0;
        return 0;
    }

    static int field(nghttp2_session* /*session*/,
                     const nghttp2_frame* /*frame*/,
                     const std::uint8_t* name,
                     std::size_t nameBytes,
                     const std::uint8_t* value,
                     std::size_t valueBytes,
                     std::uint8_t flags,
                     void* data)
    {
        End& end = self(data);
        end.m_blockBytes += nameBytes + valueBytes + fieldOverhead;
        if (end.m_blockBytes > limits::http2HeadBytes)
            return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE; // resets the stream
        end.m_block.push_back({std::string(bytes::asText({name, nameBytes})),
                               std::string(bytes::asText({value, valueBytes})),
                               (flags & NGHTTP2_NV_FLAG_NO_INDEX) != 0});
        return 0;
    }

    static int beginFrame(nghttp2_session* /*session*/, const nghttp2_frame_hd* head, void* data)
    {
        const bool emptyData = head->type == NGHTTP2_DATA && head->length == 0
                               && (head->flags & NGHTTP2_FLAG_END_STREAM) == 0;
        if (emptyData || head->type == NGHTTP2_PRIORITY || head->type == NGHTTP2_SETTINGS
            || head->type == NGHTTP2_PING)
            ++self(data).m_idleFrames;
        return 0;
    }

    static int frame(nghttp2_session* session, const nghttp2_frame* frame, void* data)
    {
        End& end = self(data);
        const std::int32_t id = frame->hd.stream_id;
        const bool last = (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
        switch (frame->hd.type) {
        case NGHTTP2_HEADERS:
            end.m_owner.onHead(incoming(session, id, data),
                               std::exchange(end.m_block, {}),
                               {frame->headers.cat == NGHTTP2_HCAT_REQUEST, last});
            if (last)
                end.m_owner.onEnd(incoming(session, id, data));
            break;
        case NGHTTP2_DATA:
            if (last)
                end.m_owner.onEnd(incoming(session, id, data));
            break;
        case NGHTTP2_SETTINGS:
            end.m_greeted = end.m_greeted || (frame->hd.flags & NGHTTP2_FLAG_ACK) == 0;
            break;
        case NGHTTP2_GOAWAY:
            end.m_owner.onGoAway(end, frame->goaway.last_stream_id, frame->goaway.error_code);
            break;
        default:
            break;
        }
        return 0;
    }

    static int data(nghttp2_session* session,
                    std::uint8_t /*flags*/,
                    std::int32_t id,
                    const std::uint8_t* bytes,
                    std::size_t length,
                    void* data)
    {
        self(data).m_owner.onBody(incoming(session, id, data), {bytes, length});
        return 0;
    }

    static int closed(nghttp2_session* session, std::int32_t id, std::uint32_t code, void* data)
    {
        self(data).m_owner.onClosed(incoming(session, id, data), code);
        return 0;
    }

    static ssize_t read(nghttp2_session* session,
                        std::int32_t id,
                        std::uint8_t* into,
                        std::size_t room,
                        std::uint32_t* flags,
                        nghttp2_data_source* source,
                        void* data)
    {
        auto& message = *static_cast<Message*>(source->ptr);
        const bytes::ByteView body = message.body.view();
        const std::size_t part = std::min(body.size(), room);
        std::copy_n(body.begin(), part, into);
        message.body.consume(part);
        if (part != 0)
            self(data).m_owner.onSent(incoming(session, id, data), message, {into, part});
        if (message.ended && message.body.empty()) {
            *flags |= NGHTTP2_DATA_FLAG_EOF;
            message.endSent = true;
            if (message.trailers && !message.trailers->empty()) {
                *flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
                const auto fields = pairs(*message.trailers);
                nghttp2_submit_trailer(session, id, fields.data(), fields.size());
            }
        } else if (part == 0) {
            message.body.releaseIfEmpty();
            return NGHTTP2_ERR_DEFERRED;
        }
        return static_cast<ssize_t>(part);
    }

    static nghttp2_session_callbacks* table()
    {
        static nghttp2_session_callbacks* const callbacks = [] {
            nghttp2_session_callbacks* made = nullptr;
            if (nghttp2_session_callbacks_new(&made) != 0)
                throw std::bad_alloc();
            nghttp2_session_callbacks_set_on_begin_frame_callback(made, beginFrame);
            nghttp2_session_callbacks_set_on_begin_headers_callback(made, beginHead);
            nghttp2_session_callbacks_set_on_header_callback(made, field);
            nghttp2_session_callbacks_set_on_frame_recv_callback(made, frame);
            nghttp2_session_callbacks_set_on_data_chunk_recv_callback(made, data);
            nghttp2_session_callbacks_set_on_stream_close_callback(made, closed);
            return made;
        }();
        return callbacks;
    }

    static nghttp2_option* options()
    {
        static nghttp2_option* const all = [] {
            nghttp2_option* made = nullptr;
            if (nghttp2_option_new(&made) != 0)
                throw std::bad_alloc();
            nghttp2_option_set_no_auto_window_update(made, 1);
            nghttp2_option_set_no_http_messaging(made, 1);
            nghttp2_option_set_no_closed_streams(made, 1);
            nghttp2_option_set_max_send_header_block_length(made, sentHeadBytes);
            return made;
        }();
        return all;
    }
};

End::End(Role role, Owner& owner)
    : m_owner(owner)
{
    const int made = role == Role::Server
                         ? nghttp2_session_server_new2(
                             &m_session, Callbacks::table(), this, Callbacks::options())
                         : nghttp2_session_client_new2(
                             &m_session, Callbacks::table(), this, Callbacks::options());
    if (made != 0)
        throw std::bad_alloc();
}

End::~End()
{
    nghttp2_session_del(m_session);
}

bool End::upgrade(bytes::ByteView settings, bool headRequest, void* user)
{
    constexpr std::int32_t first = 1;
    if (nghttp2_session_upgrade2(
            m_session, settings.data(), settings.size(), headRequest ? 1 : 0, nullptr)
        != 0)
        return false;
    setUser(first, user); // a server's session does not take it in the call
    return true;
}

void End::announce(const std::vector<Setting>& settings)
{
    std::vector<nghttp2_settings_entry> entries;
    entries.push_back({NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, limits::http2StreamWindow});
    for (const Setting& setting : settings)
        entries.push_back({setting.id, setting.value});
    nghttp2_submit_settings(m_session, NGHTTP2_FLAG_NONE, entries.data(), entries.size());
    nghttp2_session_set_local_window_size(
        m_session, NGHTTP2_FLAG_NONE, 0, static_cast<std::int32_t>(limits::http2ConnectionWindow));
}

bool End::receive(bytes::ByteView data)
{
    if (m_failed)
        return false;
    const ssize_t read = nghttp2_session_mem_recv(m_session, data.data(), data.size());
    m_failed = read < 0;
    // The library only stops; the peer is told why.
    if (read == NGHTTP2_ERR_FLOODED || read == NGHTTP2_ERR_TOO_MANY_CONTINUATIONS)
        terminate(error::calm);
    return !m_failed;
}

void End::terminate(std::uint32_t code)
{
    nghttp2_session_terminate_session(m_session, code);
}

bytes::ByteView End::send()
{
    const std::uint8_t* bytes = nullptr;
    const ssize_t length = nghttp2_session_mem_send(m_session, &bytes);
    if (length < 0)
        m_failed = true;
    return length > 0 ? bytes::ByteView(bytes, static_cast<std::size_t>(length))
                      : bytes::ByteView();
}

bool End::over() const
{
    return m_failed
           || (nghttp2_session_want_read(m_session) == 0
               && nghttp2_session_want_write(m_session) == 0);
}

std::uint32_t End::peerSetting(std::uint16_t id) const
{
    return nghttp2_session_get_remote_settings(m_session, static_cast<nghttp2_settings_id>(id));
}

std::int32_t End::request(std::int32_t wanted, const Fields& head, Message* body, void* user)
{
    if (nghttp2_session_check_request_allowed(m_session) == 0)
        return 0;
    if (wanted > static_cast<std::int32_t>(nghttp2_session_get_next_stream_id(m_session)))
        nghttp2_session_set_next_stream_id(m_session, wanted);
    const auto fields = pairs(head);
    nghttp2_data_provider provider{{.ptr = body}, Callbacks::read};
    const std::int32_t id = nghttp2_submit_request(m_session,
                                                   nullptr,
                                                   fields.data(),
                                                   fields.size(),
                                                   body == nullptr ? nullptr : &provider,
                                                   user);
    return std::max(id, 0);
}

void End::respond(std::int32_t stream, const Fields& head, Message* body)
{
    const auto fields = pairs(head);
    nghttp2_data_provider provider{{.ptr = body}, Callbacks::read};
    nghttp2_submit_response(
        m_session, stream, fields.data(), fields.size(), body == nullptr ? nullptr : &provider);
}

void End::interim(std::int32_t stream, const Fields& head)
{
    const auto fields = pairs(head);
    nghttp2_submit_headers(
        m_session, NGHTTP2_FLAG_NONE, stream, nullptr, fields.data(), fields.size(), nullptr);
}

void End::resume(std::int32_t stream)
{
    // An error says that it was not waiting or is gone.
    nghttp2_session_resume_data(m_session, stream);
}

void End::reset(std::int32_t stream, std::uint32_t code)
{
    nghttp2_submit_rst_stream(m_session, NGHTTP2_FLAG_NONE, stream, code);
}

void End::goAway(std::int32_t last, std::uint32_t code)
{
    constexpr std::int32_t notice = INT32_MAX; // a graceful end is on its way (RFC 9113 6.8)
    if (last == notice && code == error::none)
        nghttp2_submit_shutdown_notice(m_session);
    else
        nghttp2_submit_goaway(m_session,
                              NGHTTP2_FLAG_NONE,
                              nghttp2_session_get_last_proc_stream_id(m_session),
                              code,
                              nullptr,
                              0);
}

void End::setUser(std::int32_t stream, void* user)
{
    nghttp2_session_set_stream_user_data(m_session, stream, user);
}

void End::consumeStream(std::int32_t stream, std::size_t count)
{
    nghttp2_session_consume_stream(m_session, stream, count);
}

void End::consumeConnection(std::size_t count)
{
    nghttp2_session_consume_connection(m_session, count);
}

} // namespace podglass::http2
