// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/exchange_detail.h"

#include "ui/models/body_text.h"
#include "ui/models/connection_detail.h"
#include "ui/models/describe.h"
#include "ui/models/format.h"
#include "ui/models/row_marks.h"
#include "ui/models/secrets.h"

#include <QCoreApplication>

namespace podglass::models {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("detail", text);
}

QVector<QPair<QString, QString>> pairs(const store::FieldList& list)
{
    QVector<QPair<QString, QString>> fields;
    for (const auto& field : list.all())
        fields.append({visible(field.name), visible(field.value)});
    return fields;
}

QString flagNotes(std::uint16_t flags)
{
    const auto has = [flags](flow::MessageFlag flag) {
        return (flags & static_cast<std::uint16_t>(flag)) != 0;
    };
    QStringList notes;
    if (has(flow::MessageFlag::AmbiguousFraming))
        notes << tr("ambiguous framing: two lengths that may be read differently");
    if (has(flow::MessageFlag::Malformed))
        notes << tr("malformed: a strict server would refuse it");
    if (has(flow::MessageFlag::HeadTooLarge))
        notes << tr("head too large to read whole");
    if (has(flow::MessageFlag::ObsoleteFold))
        notes << tr("folded header lines");
    if (has(flow::MessageFlag::HeadUnreadable))
        notes << tr("headers are compressed with what was sent before capture began; they cannot "
                    "be read");
    else if (has(flow::MessageFlag::JoinedLate))
        notes << tr("capture began in the middle of this connection");
    return notes.join(QStringLiteral("; "));
}

QString bodyNote(const store::Message& message)
{
    const std::uint64_t kept = message.body.size();
    QStringList notes;
    if (message.missing != 0)
        notes << tr("%1 inside the body were lost").arg(bytes(message.missing));
    if (kept + message.missing < message.bodyBytes)
        notes << tr("%1 of %2 kept (body limit)").arg(bytes(kept), bytes(message.bodyBytes));
    return notes.join(QStringLiteral("; "));
}

MessageDetail message(const store::Message& from)
{
    MessageDetail to;
    to.seen = from.headSeen;
    to.ended = from.ended;
    to.fields = pairs(from.fields);
    to.trailers = pairs(from.trailers);
    to.raw = QByteArray(from.raw.data(), static_cast<qsizetype>(from.raw.size()));
    to.body = QByteArray(reinterpret_cast<const char*>(from.body.data()),
                         static_cast<qsizetype>(from.body.size()));
    to.bodyBytes = std::max<std::uint64_t>(from.bodyBytes, from.body.size());
    for (const auto& [name, value] : std::as_const(to.fields)) {
        if (name.compare(QLatin1String("content-type"), Qt::CaseInsensitive) == 0)
            to.contentType = value;
        else if (name.compare(QLatin1String("content-encoding"), Qt::CaseInsensitive) == 0)
            to.contentEncoding +=
                (to.contentEncoding.isEmpty() ? QString() : QStringLiteral(", ")) + value;
    }
    to.protobuf = to.contentType.contains(QLatin1String("protobuf"), Qt::CaseInsensitive)
                  && !to.contentType.contains(QLatin1String("grpc"), Qt::CaseInsensitive);
    QStringList notes{flagNotes(from.flags), bodyNote(from)};
    notes.removeAll(QString());
    to.note = notes.join(QStringLiteral("; "));
    return to;
}

quint64 between(base::Timestamp from, base::Timestamp to)
{
    return static_cast<quint64>(base::elapsed(from, to).count() / 1000);
}

void fillTiming(ExchangeDetail& detail, const store::Content& content)
{
    const auto& request = content.request;
    const auto& response = content.response;
    detail.timed = response.headSeen && response.ended;
    if (!detail.timed)
        return;
    detail.requestTime = between(request.firstByte, request.lastByte);
    detail.waitingTime = between(request.lastByte, response.firstByte);
    detail.responseTime = between(response.firstByte, response.lastByte);
}

void fillConnection(ExchangeDetail& detail, const store::Store& store, const store::Row& row)
{
    detail.connection = row.connection;
    detail.connectionOrdinal = store.connectionOrdinal(row.connection);
    const store::Connection* connection = store.connections().at(row.connection);
    if (connection == nullptr)
        return;
    if (connection->known) {
        detail.client = QString::fromStdString(connection->client.text());
        detail.server = QString::fromStdString(connection->server.text());
    }
    if (connection->sourceKnown)
        detail.client = tr("%1 (by proxy %2)")
                            .arg(QString::fromStdString(connection->source.text()), detail.client);
    detail.protocol = protocolText(connection->protocol);
}

// What its connection went through, for a request: which bytes of it belong to this one is not
// certain, so it is said of the connection.
void fillOddities(ExchangeDetail& detail, const store::Store& store, const store::Row& row)
{
    const store::Connection* connection = store.connections().at(row.connection);
    if (connection == nullptr || row.kind != store::RowKind::Exchange)
        return;
    if ((row.flags & store::RowReset) != 0 && row.state == store::RowState::Done)
        detail.oddities << tr("The stream was reset: see its messages");
    if (const std::uint64_t missing = connection->missing[0] + connection->missing[1]; missing != 0)
        detail.oddities << tr("%1 of this connection are missing").arg(bytes(missing));
    if (connection->conflicts != 0)
        detail.oddities << tr("Conflict: bytes of this connection came twice with different "
                              "content; what the application read is shown");
}

QString noResponseText(const store::Store& store, const store::Row& row)
{
    if (row.state == store::RowState::Open)
        return tr("No response yet.");
    if ((row.flags & store::RowReset) != 0)
        return tr("No response: the stream was reset before one came.");
    const store::Connection* connection = store.connections().at(row.connection);
    if (connection == nullptr || connection->open)
        return tr("The response was not seen.");
    switch (connection->reason) {
    case flow::CloseReason::Reset:
        return tr("No response: the connection was reset before one came.");
    case flow::CloseReason::Finished:
        return tr("No response: the connection was closed before one came.");
    case flow::CloseReason::CaptureStopped:
        return row.mode == store::RowMode::File ? tr("No response before the capture ends.")
                                                : tr("No response before capture stopped.");
    default:
        return tr("The response was not seen.");
    }
}

// "103 Early Hints after 2 ms"
QString interimNote(const store::Content& content)
{
    QStringList parts;
    for (const store::Interim& interim : content.interims) {
        const char* name = interim.status == 100   ? " Continue"
                           : interim.status == 102 ? " Processing"
                           : interim.status == 103 ? " Early Hints"
                                                   : "";
        parts << tr("%1%2 after %3")
                     .arg(interim.status)
                     .arg(QLatin1String(name),
                          duration(between(content.request.firstByte, interim.at)));
    }
    return tr("interim: %1").arg(parts.join(QStringLiteral(", ")));
}

QString versionText(std::uint16_t version)
{
    return version == 20 ? QStringLiteral("HTTP/2")
                         : QStringLiteral("HTTP/%1.%2").arg(version / 10).arg(version % 10);
}

} // namespace

ExchangeDetail detailOf(const store::Store& store, store::Number number)
{
    ExchangeDetail detail;
    const store::Row* row = store.rows().at(number);
    if (row == nullptr)
        return detail;
    const auto& texts = store.rows().texts();
    detail.number = number;
    detail.ordinal = store.ordinal(number);
    const bool place = row->kind == store::RowKind::Gap || row->kind == store::RowKind::Conflict;
    // Where one connection is concerned, it is what there is to look at.
    detail.connectionOnly = row->kind == store::RowKind::Connection
                            || (place && store.connections().at(row->connection) != nullptr);
    detail.loss = row->kind != store::RowKind::Exchange && !detail.connectionOnly;
    detail.lossText = lossText(store, *row);
    detail.kind = kindText(*row);
    detail.messages = carriesMessages(*row);
    detail.statusText = statusText(*row);
    detail.statusGood = row->grpcStatus == 0;
    detail.method = visible(texts.text(row->method));
    detail.target = visible(texts.text(row->path));
    detail.host = visible(texts.text(row->host));
    detail.url = detail.target.startsWith(QLatin1Char('/')) && !detail.host.isEmpty()
                     ? QStringLiteral("http://") + detail.host + detail.target
                     : detail.target;
    if (const store::Connection* of = store.connections().at(row->connection);
        of != nullptr && detail.connectionOnly)
        detail.target = place ? detail.lossText : connectionTitle(*of);
    if ((row->flags & store::RowUnreadable) != 0 && detail.target.isEmpty())
        detail.target = tr("(headers unreadable, joined late)");
    else if ((row->flags & store::RowRequestUnseen) != 0)
        detail.target = tr("(request not seen)");
    detail.status = row->status;
    detail.started = dateAndClock(row->at);
    if (row->state != store::RowState::Done && !place)
        detail.state = stateText(*row);
    detail.mode = modeText(row->mode);
    detail.modeIcon = modeIcon(*row);
    detail.open = row->state == store::RowState::Open;
    detail.stolen = row->mode == store::RowMode::Stolen;
    detail.mirrored = row->mode == store::RowMode::Mirror;
    detail.marked = (row->flags & store::RowMarked) != 0;
    detail.bytesDropped = (row->flags & store::RowBytesDropped) != 0;
    fillConnection(detail, store, *row);
    fillOddities(detail, store, *row);
    if (const store::Content* content = store.rows().contentOf(number)) {
        detail.request = message(content->request);
        detail.response = message(content->response);
        detail.reason = visible(content->reason);
        detail.takerProblem = visible(content->takerProblem);
        detail.request.firstLine = detail.method + QLatin1Char(' ') + detail.target
                                   + QLatin1Char(' ') + versionText(row->version);
        detail.response.firstLine = (row->status == 0 ? QString() : QString::number(row->status))
                                    + QLatin1Char(' ') + detail.reason;
        if (!content->interims.empty())
            detail.response.note = QStringList{interimNote(*content), detail.response.note}.join(
                detail.response.note.isEmpty() ? QString() : QStringLiteral("; "));
        if (detail.response.ended && !detail.request.ended && detail.request.seen)
            detail.request.note +=
                (detail.request.note.isEmpty() ? QString() : QStringLiteral("; "))
                + tr("answered before it was whole");
        if (!detail.response.seen)
            detail.noResponse = noResponseText(store, *row);
        fillTiming(detail, *content);
    }
    return detail;
}

// Single quotes hold everything but themselves; control characters, which would act on the terminal
// when pasted, need the $'…' form that bash, zsh, ksh and POSIX 2024 know.
QString shellQuoted(const QString& text)
{
    const bool controls = std::any_of(text.begin(), text.end(), [](QChar character) {
        return (character.unicode() < 0x20 && character != QLatin1Char('\n'))
               || (character.unicode() >= 0x7f && character.unicode() < 0xa0);
    });
    if (!controls) {
        QString quoted = text;
        quoted.replace(QLatin1Char('\''), QLatin1String("'\\''"));
        return QLatin1Char('\'') + quoted + QLatin1Char('\'');
    }
    QString quoted = QStringLiteral("$'");
    for (const QChar character : text) {
        if (character == QLatin1Char('\'') || character == QLatin1Char('\\'))
            quoted += QLatin1Char('\\') + QString(character);
        else if (character.unicode() < 0x20 || character.unicode() == 0x7f)
            quoted += QStringLiteral("\\x%1").arg(character.unicode(), 2, 16, QLatin1Char('0'));
        else if (character.unicode() >= 0x80 && character.unicode() < 0xa0)
            quoted += QStringLiteral("\\u%1").arg(character.unicode(), 4, 16, QLatin1Char('0'));
        else
            quoted += character;
    }
    return quoted + QLatin1Char('\'');
}

QString curlCommand(const ExchangeDetail& detail, bool secrets)
{
    // --globoff: brackets of the URL are meant as they stand.
    QStringList words{QStringLiteral("curl --globoff"),
                      QStringLiteral("-X ") + shellQuoted(detail.method),
                      QStringLiteral("--url ") + shellQuoted(detail.url)};
    for (const auto& [name, value] : detail.request.fields) {
        // curl sets the first two itself; a leading '@' would make it read a file.
        if (name.compare(QLatin1String("content-length"), Qt::CaseInsensitive) == 0
            || name.compare(QLatin1String("transfer-encoding"), Qt::CaseInsensitive) == 0
            || name.startsWith(QLatin1Char(':')) || name.startsWith(QLatin1Char('@')))
            continue;
        const QString shown = secrets ? value : masked(name, value);
        words << QStringLiteral("-H ")
                     + shellQuoted(shown.isEmpty() ? name + QLatin1Char(';')
                                                   : name + QLatin1String(": ") + shown);
    }
    // --data-raw, unlike --data, reads no file when the body begins with '@'.
    const QByteArray& body = detail.request.body;
    if (!body.isEmpty() && looksLikeText(body) && !body.contains('\0'))
        words << QStringLiteral("--data-raw ") + shellQuoted(QString::fromUtf8(body));
    else if (!body.isEmpty())
        words << QStringLiteral("--data-binary @request-body.bin");
    return words.join(QStringLiteral(" \\\n  "));
}

} // namespace podglass::models
