// SPDX-License-Identifier: Apache-2.0
// SocketEnd: one of the two sockets of a proxied connection, watched by the loop; after secure()
// the bytes of read() and write() are those inside its TLS.
//
// Contract: `ready` is called when something may have changed; the owner then reads and writes.
// Reading takes one piece per readiness, so a busy side cannot starve the others. A side that has
// failed while nobody wants to read is not watched until somebody does, so what arrived before a
// reset is still read. Nothing waits. Thread: the loop's.
// Source: epoll(7), tcp(7).
#pragma once

#include "core/bytes/view.h"
#include "core/io/fd.h"
#include "core/io/loop.h"
#include "core/io/tls.h"

#include <functional>
#include <memory>

namespace podglass::steal {

class SocketEnd
{
public:
    enum class Link : std::uint8_t
    {
        Connecting,
        Open,
    };

    SocketEnd(io::Loop& loop, io::Fd socket, Link link, std::function<void()> ready);
    SocketEnd(const SocketEnd&) = delete;
    SocketEnd& operator=(const SocketEnd&) = delete;
    ~SocketEnd();

    // From here on everything goes through `tls`, whose socket() is ours: first its handshake.
    void secure(std::unique_ptr<io::TlsStream> tls);
    // As far as it goes now. Failed: an alert is on its way; broken() says whether it was the peer.
    io::TlsStream::Step handshake();

    [[nodiscard]] int socket() const { return m_socket.get(); }

    [[nodiscard]] const io::TlsStream* tls() const { return m_tls.get(); }

    // Reads into `scratch`; an empty view if nothing is there now, or ended() or broken() is new.
    bytes::ByteView read(std::span<std::uint8_t> scratch);

    // How much the kernel took; with TLS the rest must be given again, nothing else. A peer that
    // takes no more makes writeBroken().
    std::size_t write(bytes::ByteView data);

    // FIN, once. With TLS after close_notify, unless it is to look cut as the other side was.
    void finishWriting(bool cut = false);
    void closeNow(); // FIN if nothing is unread
    void reset();    // RST

    // Whether the owner wants more bytes, and whether some wait for the kernel to take them.
    void want(bool read, bool write);

    [[nodiscard]] bool readable() const { return m_readable && !m_ended && !m_broken; }

    [[nodiscard]] bool connected() const { return m_link == Link::Open; }

    [[nodiscard]] bool ended() const { return m_ended; } // the peer's FIN was read

    [[nodiscard]] bool cut() const { return m_cut; } // its TLS had no end

    // Reset, refused or failed, and everything that came before is read.
    [[nodiscard]] bool broken() const { return m_broken || (m_ended && m_writeBroken); }

    [[nodiscard]] bool writeBroken() const { return m_writeBroken || m_broken; }

    [[nodiscard]] bool finished() const { return m_finished; }

    // Everything is with the kernel, FIN included.
    [[nodiscard]] bool said() const { return m_finished && !m_finishDue; }

    [[nodiscard]] bool open() const { return static_cast<bool>(m_socket); }

private:
    void onEvents(std::uint32_t events);
    void decideConnect();
    void unwatch();
    bytes::ByteView readPlain(std::span<std::uint8_t> scratch);
    bytes::ByteView readSecured(std::span<std::uint8_t> scratch);
    void finishNow(bool withAlert);

    io::Loop& m_loop;
    io::Fd m_socket;
    std::unique_ptr<io::TlsStream> m_tls;
    std::function<void()> m_ready;
    Link m_link;
    std::uint32_t m_watched = 0; // the events asked for
    bool m_isWatched = false;
    bool m_readable = false;
    bool m_ended = false;
    bool m_broken = false;
    bool m_writeBroken = false;
    bool m_finished = false;
    bool m_finishDue = false; // close_notify waits for room
    bool m_cut = false;
};

} // namespace podglass::steal
