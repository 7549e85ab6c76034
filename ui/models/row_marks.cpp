// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/row_marks.h"

#include "ui/models/describe.h"
#include "ui/models/format.h"

#include <QCoreApplication>

namespace podglass::models {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("marks", text);
}

// English needs no translation file this way; other languages get the plural rule of theirs by %n.
QString trn(const char* one, const char* many, std::uint64_t number)
{
    const auto n = static_cast<int>(std::min<std::uint64_t>(number, INT_MAX));
    QString text = QCoreApplication::translate("marks", n == 1 ? one : many, nullptr, n);
    return text.replace(QLatin1String("%L"), count(number));
}

// Who with whom; empty when it is not known any more.
QString between(const store::Store& store, const store::Row& row)
{
    const store::Connection* connection = store.connections().at(row.connection);
    if (connection == nullptr || !connection->known)
        return {};
    return tr("%1 \u2192 %2")
        .arg(QString::fromStdString(connection->client.text()),
             QString::fromStdString(connection->server.text()));
}

QString gapSentence(const store::Store& store, const store::Row& row)
{
    const QString who = between(store, row);
    const QString what =
        tr("%1 missing, %2")
            .arg(bytes(row.responseBytes), gapText(static_cast<flow::GapKind>(row.detail)));
    return who.isEmpty() ? what : tr("%1: %2").arg(what, who);
}

QString conflictSentence(const store::Store& store, const store::Row& row)
{
    const bool toServer =
        static_cast<flow::Direction>(row.detail) == flow::Direction::ClientToServer;
    const QString what = (toServer ? tr("Conflict: %1 to the server came twice with different "
                                        "content")
                                   : tr("Conflict: %1 to the client came twice with different "
                                        "content"))
                             .arg(bytes(row.responseBytes));
    const QString who = between(store, row);
    return who.isEmpty() ? what : tr("%1: %2").arg(what, who);
}

QString lostSentence(const store::Row& row)
{
    switch (static_cast<flow::LossPlace>(row.detail)) {
    case flow::LossPlace::Kernel:
        return trn("1 packet lost: the kernel's capture ring was full",
                   "%L packets lost: the kernel's capture ring was full",
                   row.events);
    case flow::LossPlace::Agent:
        return trn("1 message lost: this client was too slow for the agent's ring",
                   "%L messages lost: this client was too slow for the agent's ring",
                   row.requestBytes);
    case flow::LossPlace::Tunnel:
        return trn("1 message lost: the tunnel was cut",
                   "%L messages lost: the tunnel was cut",
                   row.requestBytes);
    case flow::LossPlace::Desktop:
        return trn("1 message lost: this window's own limit",
                   "%L messages lost: this window's own limit",
                   row.requestBytes);
    case flow::LossPlace::Budget:
        return trn("1 message left out: sampling or rate cap that you set",
                   "%L messages left out: sampling or rate cap that you set",
                   row.requestBytes);
    }
    return {};
}

// What became of a connection that is shown as one row.
void tagConnection(const store::Connection& connection, const store::Row& row, QStringList& tags)
{
    if (const std::uint64_t missing = connection.missing[0] + connection.missing[1]; missing != 0)
        tags << tr("%1 missing").arg(bytes(missing));
    if (connection.conflicts != 0)
        tags << tr("conflict");
    if (connection.joinedLate && row.kind == store::RowKind::Connection)
        tags << tr("joined late");
    if (connection.open)
        return;
    if (connection.reason == flow::CloseReason::Reset)
        tags << tr("reset");
    else if (connection.reason == flow::CloseReason::CaptureStopped)
        tags << tr("open at the end");
}

QString stateTag(const store::Row& row)
{
    switch (row.state) {
    case store::RowState::Cut:
        return (row.flags & store::RowReset) != 0 ? tr("reset") : tr("cut off");
    case store::RowState::Gapped:
        return tr("part missing");
    case store::RowState::Broken:
        return tr("broken framing");
    case store::RowState::Unanswered:
        return (row.flags & store::RowReset) != 0 ? tr("reset") : tr("no answer");
    case store::RowState::Open:
    case store::RowState::Done:
        break;
    }
    return (row.flags & store::RowReset) != 0 ? tr("reset") : QString();
}

} // namespace

QString lossText(const store::Store& store, const store::Row& row)
{
    switch (row.kind) {
    case store::RowKind::Exchange:
    case store::RowKind::Connection:
        return {};
    case store::RowKind::Gap:
        return gapSentence(store, row);
    case store::RowKind::Conflict:
        return conflictSentence(store, row);
    case store::RowKind::Break:
        return tr("Connection to the agent was cut for %1; what passed meanwhile is unknown")
            .arg(duration(std::uint64_t{row.events} * 1000));
    case store::RowKind::Lost:
        break;
    }
    return lostSentence(row);
}

QStringList tagsOf(const store::Store& store, const store::Row& row)
{
    QStringList tags;
    if (row.kind != store::RowKind::Exchange && row.kind != store::RowKind::Connection)
        return tags;
    if (row.kind == store::RowKind::Exchange)
        tags << stateTag(row);
    const store::Connection* connection = store.connections().at(row.connection);
    const auto form = static_cast<store::RowForm>(row.detail);
    const bool stream = row.kind == store::RowKind::Connection || form == store::RowForm::WebSocket
                        || form == store::RowForm::Tunnel;
    if (connection != nullptr && stream)
        tagConnection(*connection, row, tags);
    if (row.kind == store::RowKind::Exchange
        && (row.flags & (store::RowJoinedLate | store::RowLateStart)) != 0)
        tags << tr("joined late");
    if ((row.flags & store::RowSuspicious) != 0)
        tags << tr("malformed");
    constexpr unsigned partial = store::RowRequestPartial | store::RowResponsePartial;
    if ((row.flags & partial) != 0 && row.state == store::RowState::Done)
        tags << tr("body cut");
    tags.removeAll(QString());
    tags.removeDuplicates();
    return tags;
}

QString lossSummary(const store::Losses& losses)
{
    QStringList parts;
    for (std::size_t at = 0; at < losses.byPlace.size(); ++at) {
        const auto place = static_cast<flow::LossPlace>(at);
        const std::uint64_t lost = losses.byPlace[at].shown();
        if (lost != 0 && place != flow::LossPlace::Budget)
            parts << placeText(place) + QLatin1Char(' ') + count(lost);
    }
    if (losses.breaks != 0)
        parts << trn("1 interruption", "%L interruptions", losses.breaks);
    if (parts.isEmpty())
        return tr("Lost 0");
    return tr("Lost %1 (%2)").arg(count(losses.shown()), parts.join(QStringLiteral(", ")));
}

QString missingSummary(const store::Losses& losses)
{
    QStringList parts;
    std::uint64_t missing = 0;
    for (const std::uint64_t kind : losses.gapBytes)
        missing += kind;
    if (losses.gaps != 0)
        parts << trn("Missing %1 in 1 place", "Missing %1 in %L places", losses.gaps)
                     .arg(bytes(missing));
    if (losses.conflicts != 0)
        parts << trn("1 conflict", "%L conflicts", losses.conflicts);
    return parts.join(QStringLiteral("   \u00b7   "));
}

} // namespace podglass::models
