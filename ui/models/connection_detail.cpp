// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/connection_detail.h"

#include "ui/models/describe.h"
#include "ui/models/format.h"

#include <QCoreApplication>
#include <QStringList>

namespace podglass::models {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("connection", text);
}

QByteArray bytesOf(std::string_view text)
{
    return {text.data(), static_cast<qsizetype>(text.size())};
}

QString list(const std::string& names)
{
    return visible(names).replace(QLatin1Char(','), QStringLiteral(", "));
}

void addTls(ConnectionDetail& detail, const store::Connection& row)
{
    const auto add = [&detail](const QString& name, const QString& value) {
        if (!value.isEmpty())
            detail.facts.append({name, value});
    };
    add(tr("Server name"), row.detail.empty() ? tr("none given") : visible(row.detail));
    if (row.encryptedName)
        add(tr("Encrypted hello"), tr("offered (ECH): the name above may be a cover"));
    add(tr("Version"),
        row.chosenVersion != 0    ? tlsVersionText(row.chosenVersion)
        : row.offeredVersion != 0 ? tr("up to %1 offered").arg(tlsVersionText(row.offeredVersion))
                                  : QString());
    add(tr("Protocols offered (ALPN)"), list(row.offeredProtocols));
    add(tr("Protocol chosen"), list(row.chosenProtocol));
    add(tr("Content"), tr("encrypted; shown as bytes only"));
}

// Of a stolen one whose content is plain because the agent had the key.
void addTerminated(ConnectionDetail& detail, const store::Connection& row)
{
    QString words = tr("ended by the agent, %1").arg(tlsVersionText(row.tlsTerminated));
    if (!row.serverName.empty())
        words += QStringLiteral(", ") + visible(row.serverName);
    if (!row.chosenProtocol.empty())
        words += QStringLiteral(", ") + list(row.chosenProtocol);
    detail.facts.append({tr("TLS"), words});
}

void addFacts(ConnectionDetail& detail, const store::Connection& row)
{
    const auto add = [&detail](const QString& name, const QString& value) {
        detail.facts.append({name, value});
    };
    if (row.known)
        add(tr("Between"),
            tr("%1 → %2").arg(QString::fromStdString(row.client.text()),
                              QString::fromStdString(row.server.text())));
    if (row.proxyVersion != 0)
        add(tr("Real source"),
            row.sourceKnown
                ? tr("%1, by the word of a proxy (PROXY protocol %2, for %3)")
                      .arg(QString::fromStdString(row.source.text()))
                      .arg(row.proxyVersion)
                      .arg(QString::fromStdString(row.destination.text()))
                : tr("a proxy speaks for itself (PROXY protocol %1)").arg(row.proxyVersion));
    add(tr("Protocol"), protocolText(row.protocol));
    if (!row.tunnelTo.empty())
        add(tr("Tunnel to"), visible(row.tunnelTo));
    if (row.tlsTerminated != 0)
        addTerminated(detail, row);
    if (row.protocol == flow::Protocol::Tls || row.offeredVersion != 0)
        addTls(detail, row);
    else if (!row.detail.empty())
        add(tr("Not readable"), visible(row.detail));
    add(tr("Opened"),
        row.joinedLate
            ? tr("joined late: before %1, its start was not seen").arg(dateAndClock(row.opened))
            : dateAndClock(row.opened));
    add(tr("State"),
        row.open ? tr("open")
                 : tr("%1, %2").arg(closeText(row.reason), dateAndClock(row.closedAt)));
    add(tr("Bytes"),
        tr("%1 to the server, %2 to the client").arg(bytes(row.bytes[0]), bytes(row.bytes[1])));
    if (row.missing[0] + row.missing[1] != 0)
        add(tr("Missing"),
            tr("%1 to the server, %2 to the client")
                .arg(bytes(row.missing[0]), bytes(row.missing[1])));
    if (row.exchanges != 0)
        add(tr("Requests"), count(row.exchanges));
    if (row.conflicts != 0)
        add(tr("Conflicts"),
            tr("%1: what the application read is shown").arg(count(row.conflicts)));
    if (row.anomalies != row.conflicts)
        add(tr("Other oddities"), count(row.anomalies - row.conflicts));
}

ConnectionNote noteOf(const store::StreamNote& from)
{
    ConnectionNote note;
    note.toServer = from.direction == flow::Direction::ClientToServer;
    note.offset = from.offset;
    const QString side = from.direction == flow::Direction::ClientToServer ? tr("to the server")
                                                                           : tr("to the client");
    const QString place = tr("at byte %1 %2").arg(count(from.offset), side);
    if (from.gap) {
        note.text = tr("%1 missing %2: %3").arg(bytes(from.length), place, gapText(from.gapKind));
        note.gap = true;
        return note;
    }
    note.text = from.length == 0
                    ? tr("%1, %2").arg(anomalyText(from.anomaly), place)
                    : tr("%1, %2, %3").arg(anomalyText(from.anomaly), bytes(from.length), place);
    note.conflict = from.anomaly == flow::AnomalyKind::OverlapConflict;
    note.kept = bytesOf(from.kept);
    note.dropped = bytesOf(from.dropped);
    return note;
}

void addStream(ConnectionDetail& detail, const store::Stream& stream, std::uint64_t most)
{
    std::uint64_t taken = 0;
    auto from = stream.parts.end();
    while (from != stream.parts.begin() && taken < most)
        taken += (--from)->data.size();
    for (auto part = from; part != stream.parts.end(); ++part)
        detail.chunks.append({part->direction == flow::Direction::ClientToServer,
                              clock(part->at),
                              part->offset,
                              bytesOf(bytes::asText(part->data))});
    const std::uint64_t kept = stream.bytes[0] + stream.bytes[1];
    QStringList left;
    if (taken < kept)
        left << tr("the newest %1 of %2 are shown; Save has them all")
                    .arg(bytes(taken), bytes(kept));
    if (const std::uint64_t gone = stream.forgotten[0] + stream.forgotten[1]; gone != 0)
        left << tr("%1 before are not kept").arg(bytes(gone));
    detail.left = left.join(QStringLiteral("; "));
    detail.hasStream = kept + stream.forgotten[0] + stream.forgotten[1] != 0;
}

} // namespace

QString anomalyText(flow::AnomalyKind kind)
{
    using Kind = flow::AnomalyKind;
    switch (kind) {
    case Kind::OverlapConflict:
        return tr("conflict: the same bytes came twice with different content");
    case Kind::Retransmission:
        return tr("retransmission");
    case Kind::OutOfOrder:
        return tr("out of order");
    case Kind::ResetOutOfWindow:
        return tr("a reset outside the window was ignored");
    case Kind::ResetWithData:
        return tr("a reset carried data, which no application reads");
    case Kind::DataAfterFin:
        return tr("data after the end of the stream");
    case Kind::DataWithoutAck:
        return tr("data without acknowledgement flag");
    case Kind::SynInsideConnection:
        return tr("a SYN inside the connection");
    case Kind::UrgentData:
        return tr("urgent data");
    case Kind::BadChecksum:
        return tr("wrong checksum");
    case Kind::OutOfWindow:
        return tr("data far outside the window");
    case Kind::DifferentInitialSequence:
        return tr("a second handshake with another sequence number");
    case Kind::Malformed:
        return tr("against the rules of its protocol");
    }
    return {};
}

QString tlsVersionText(std::uint16_t version)
{
    switch (version) {
    case 0x0002:
        return QStringLiteral("SSL 2");
    case 0x0300:
        return QStringLiteral("SSL 3");
    case 0x0301:
        return QStringLiteral("TLS 1.0");
    case 0x0302:
        return QStringLiteral("TLS 1.1");
    case 0x0303:
        return QStringLiteral("TLS 1.2");
    case 0x0304:
        return QStringLiteral("TLS 1.3");
    default:
        return tr("version 0x%1").arg(version, 4, 16, QLatin1Char('0'));
    }
}

QString connectionTitle(const store::Connection& connection)
{
    if (connection.protocol == flow::Protocol::Tls) {
        QStringList parts{connection.detail.empty() ? tr("no server name")
                                                    : visible(connection.detail)};
        if (!connection.chosenProtocol.empty())
            parts << list(connection.chosenProtocol);
        else if (!connection.offeredProtocols.empty())
            parts << tr("offers %1").arg(list(connection.offeredProtocols));
        if (connection.chosenVersion != 0)
            parts << tlsVersionText(connection.chosenVersion);
        return parts.join(QStringLiteral("  ·  "));
    }
    QString text = connection.protocol == flow::Protocol::ServerFirst
                       ? tr("no HTTP, the server speaks first")
                       : tr("raw bytes, no HTTP");
    if (!connection.detail.empty())
        text += tr(": %1").arg(visible(connection.detail));
    return text;
}

ConnectionDetail
connectionDetailOf(const store::Store& store, store::Number number, std::uint64_t most)
{
    ConnectionDetail detail;
    const store::Connection* row = store.connections().at(number);
    if (row == nullptr)
        return detail;
    detail.number = number;
    detail.title = connectionTitle(*row);
    detail.open = row->open;
    detail.encrypted = row->protocol == flow::Protocol::Tls || row->offeredVersion != 0;
    addFacts(detail, *row);
    const store::Stream* stream = store.stream(number);
    if (stream == nullptr)
        return detail;
    for (const store::StreamNote& note : stream->notes)
        detail.notes.append(noteOf(note));
    if (stream->notesBeyond != 0) {
        ConnectionNote beyond;
        beyond.text = tr("%1 more, counted only").arg(count(stream->notesBeyond));
        detail.notes.append(beyond);
    }
    addStream(detail, *stream, most);
    return detail;
}

QByteArray streamBytes(const store::Store& store, store::Number connection, bool toServer)
{
    QByteArray all;
    const store::Stream* stream = store.stream(connection);
    if (stream == nullptr)
        return all;
    for (const store::StreamPart& part : stream->parts)
        if ((part.direction == flow::Direction::ClientToServer) == toServer)
            all += bytesOf(bytes::asText(part.data));
    return all;
}

} // namespace podglass::models
