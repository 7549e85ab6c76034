// SPDX-License-Identifier: Apache-2.0
// TakerSocket: the connection to the program that answers a stolen request. Reads only as much as
// there is room for, writes what the program takes. Thread: the loop's. It may be destroyed inside
// onEnd and onFailed, of which one comes, once.
#pragma once

#include "core/bytes/watermark_buffer.h"
#include "core/io/loop.h"
#include "core/session/taker.h"
#include "core/wire/message.h"

#include <functional>
#include <string>

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
    bool read();
    void flush();
    void failed(wire::StealFailure failure, const std::string& words);

    io::Loop& m_loop;
    Events m_events;
    std::string m_host;
    std::uint16_t m_port;
    std::string m_where;
    io::Fd m_socket;
    bytes::WatermarkBuffer m_pending;
    bool m_connected = false;
    bool m_watching = false;
    bool m_finish = false; // FIN when drained
    bool m_over = false;
};

} // namespace podglass::session
