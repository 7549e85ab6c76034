// SPDX-License-Identifier: Apache-2.0
// TakerSocket: the connection to the program that answers a stolen request. Reads only as much as
// there is room for, writes what the program takes. By TLS if that is wished for: what is offered
// (ALPN) is what the request's first bytes are, so its handshake begins with them. Thread: the
// loop's. It may be destroyed inside onEnd and onFailed, of which one comes, once.
#pragma once

#include "core/bytes/watermark_buffer.h"
#include "core/io/loop.h"
#include "core/io/tls.h"
#include "core/session/taker.h"
#include "core/wire/message.h"

#include <functional>
#include <memory>
#include <span>
#include <string>

#include <sys/types.h>

namespace podglass::session {

class TakerSocket
{
public:
    struct Events
    {
        std::function<std::size_t()> room; // how much of the answer may be read now
        std::function<void(bytes::ByteView)> onData;
        std::function<void()> onEnd;     // its FIN
        std::function<void()> onWritten; // it took some
        std::function<void(wire::StealFailure, const std::string&)> onFailed;
    };

    TakerSocket(io::Loop& loop, const Taker& taker, Events events);
    TakerSocket(const TakerSocket&) = delete;
    TakerSocket& operator=(const TakerSocket&) = delete;
    ~TakerSocket();

    void start();
    // False: more than fits; the agent broke its credit.
    bool write(bytes::ByteView data);
    void finishWriting(); // FIN after what is written
    void update();        // room() may have changed

    [[nodiscard]] bool drained() const { return m_pending.empty(); }

    [[nodiscard]] const std::string& where() const { return m_where; }

private:
    void ready(std::uint32_t events);
    bool connected();
    bool secure();
    bool checkProtocol();
    bool read();
    ssize_t receive(std::span<std::uint8_t> room);
    ssize_t send(bytes::ByteView data);
    void flush();
    void failed(wire::StealFailure failure, const std::string& words);

    io::Loop& m_loop;
    Events m_events;
    Taker m_taker; // where and how
    bool m_http2 = false;
    std::string m_where;
    io::Fd m_socket;
    bytes::WatermarkBuffer m_pending;
    std::unique_ptr<io::TlsStream> m_tls;
    io::Loop::TimerId m_again; // what TLS holds already is read
    bool m_connected = false;
    bool m_secured = false; // or needs not be
    bool m_watching = false;
    bool m_finish = false; // FIN when drained
    bool m_over = false;
};

} // namespace podglass::session
