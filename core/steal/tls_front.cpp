// SPDX-License-Identifier: Apache-2.0
#include "core/steal/tls_front.h"

#include "core/base/limits.h"

#include <algorithm>
#include <utility>

namespace podglass::steal {

namespace {

constexpr std::uint16_t tls12 = 0x0303;

} // namespace

TlsFront::TlsFront(ProxyContext& context, std::shared_ptr<const io::TlsTermination> termination)
    : m_context(context)
    , m_termination(std::move(termination))
{}

TlsFront::~TlsFront()
{
    if (m_counted)
        --m_context.tlsCounts.underWay;
}

TlsFront::State TlsFront::pump(SocketEnd& caller, SocketEnd& service)
{
    State state = State::Going;
    Phase before = m_phase;
    do {
        before = m_phase;
        switch (m_phase) {
        case Phase::Hello:
            state = readHello(caller, service);
            break;
        case Phase::Service:
            state = withService(caller, service);
            break;
        case Phase::Caller:
            state = withCaller(caller);
            break;
        }
    } while (state == State::Going && m_phase != before);
    return state;
}

void TlsFront::want(SocketEnd& caller, SocketEnd& service) const
{
    // While the service is asked, the caller has nothing to say.
    caller.want(m_phase != Phase::Service, false);
    // What it says before a hello is whole is not read, and would be told again and again.
    const bool first = m_phase == Phase::Hello && m_said.empty();
    service.want(first || m_phase == Phase::Service, false);
}

TlsFront::State TlsFront::readHello(SocketEnd& caller, const SocketEnd& service)
{
    if (m_said.empty() && (service.readable() || service.ended()))
        return State::Plain; // the service speaks first
    if (caller.readable()) {
        std::span<std::uint8_t> scratch = m_context.scratch.use();
        const bytes::ByteView got = caller.read(
            scratch.first(std::min(scratch.size(), limits::tlsHelloBytes - m_said.size())));
        m_said.insert(m_said.end(), got.begin(), got.end());
    }
    m_hello = parse::readTlsHello(m_said);
    if (caller.ended() || m_hello.state == parse::TlsHello::State::NotTls)
        return m_said.empty() && !caller.ended() ? State::Going : State::Plain;
    if (m_hello.state == parse::TlsHello::State::Incomplete)
        return m_said.size() < limits::tlsHelloBytes ? State::Going : State::Plain;
    if (m_hello.version < tls12)
        return untouched("the caller offers nothing newer than TLS 1.1");
    if (m_context.tlsCounts.underWay >= limits::tlsHandshakes)
        return untouched("more than " + std::to_string(limits::tlsHandshakes)
                         + " TLS handshakes at once");
    ++m_context.tlsCounts.underWay;
    m_counted = true;
    m_phase = Phase::Service;
    return State::Going;
}

TlsFront::State TlsFront::withService(SocketEnd& caller, SocketEnd& service)
{
    if (!service.connected() || service.broken())
        return State::Going; // its refusal is the caller's
    if (service.tls() == nullptr)
        service.secure(
            m_termination->toService(service.socket(), {m_hello.serverName, m_hello.protocols}));
    const io::TlsStream& tls = *service.tls();
    switch (service.handshake()) {
    case io::TlsStream::Step::Going:
        return State::Going;
    case io::TlsStream::Step::Failed:
        return untouched("the service and the agent agree on no TLS: " + tls.error());
    case io::TlsStream::Step::Done:
        break;
    }
    if (tls.askedForCertificate())
        return untouched("the service asks callers for certificates of their own");
    if (!tls.peerHasOurKey())
        return untouched("the service's certificate has another key than the one given");
    caller.secure(m_termination->toCaller(caller.socket(), m_said, tls.protocol()));
    m_phase = Phase::Caller;
    return State::Going;
}

TlsFront::State TlsFront::withCaller(SocketEnd& caller)
{
    switch (caller.handshake()) {
    case io::TlsStream::Step::Going:
        return State::Going;
    case io::TlsStream::Step::Failed:
        return failed("the caller's handshake failed: " + caller.tls()->error());
    case io::TlsStream::Step::Done:
        break;
    }
    ++m_context.tlsCounts.terminated;
    return State::Secured;
}

TlsFront::State TlsFront::untouched(std::string why)
{
    ++m_context.tlsCounts.untouched;
    m_context.tlsCounts.problem = std::move(why);
    return State::Untouched;
}

TlsFront::State TlsFront::failed(std::string why)
{
    ++m_context.tlsCounts.failed;
    m_context.tlsCounts.problem = std::move(why);
    return State::Failed;
}

TlsFront::State TlsFront::expired()
{
    if (m_phase == Phase::Hello)
        return State::Plain; // it may be something else that only looked like TLS
    const std::string seconds = std::to_string(limits::tlsHandshakePatience.count());
    return m_phase == Phase::Service
               ? failed("the service did not finish its handshake within " + seconds + " s")
               : failed("the caller did not finish its handshake within " + seconds + " s");
}

void TlsFront::leftAlone()
{
    if (m_phase != Phase::Hello)
        failed(m_phase == Phase::Caller ? "the caller broke off its handshake"
                                        : "a connection broke while the service was asked");
}

} // namespace podglass::steal
