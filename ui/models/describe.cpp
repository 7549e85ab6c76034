// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/describe.h"

#include "core/store/messages.h"

#include "ui/models/connection_detail.h"
#include "ui/models/format.h"
#include "ui/models/row_marks.h"

#include <QCoreApplication>
#include <QStringList>

namespace podglass::models {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("describe", text);
}

} // namespace

QString modeText(store::RowMode mode)
{
    switch (mode) {
    case store::RowMode::Mirror:
        return tr("Mirrored");
    case store::RowMode::Stolen:
        return tr("Stolen");
    case store::RowMode::Passed:
        return tr("Passed on");
    case store::RowMode::Fallback:
        return tr("Taker failed");
    case store::RowMode::File:
        return tr("From file");
    }
    return {};
}

QString modeIcon(const store::Row& row)
{
    if (row.kind == store::RowKind::Connection)
        return QStringLiteral("connections");
    if (row.kind == store::RowKind::Conflict)
        return QStringLiteral("conflict");
    if (row.kind != store::RowKind::Exchange)
        return QStringLiteral("lost");
    switch (row.mode) {
    case store::RowMode::Mirror:
        return QStringLiteral("mirror");
    case store::RowMode::Stolen:
        return QStringLiteral("steal");
    case store::RowMode::Passed:
        return QStringLiteral("passed");
    case store::RowMode::Fallback:
        return QStringLiteral("warning");
    case store::RowMode::File:
        return QStringLiteral("open");
    }
    return {};
}

QString stateText(const store::Row& row)
{
    switch (row.state) {
    case store::RowState::Open:
        return tr("in progress");
    case store::RowState::Done:
        return tr("complete");
    case store::RowState::Cut:
        return (row.flags & store::RowReset) != 0 ? tr("cut: the stream was reset")
                                                  : tr("cut by the end of the connection");
    case store::RowState::Gapped:
        return tr("cut where capture lost part of it");
    case store::RowState::Broken:
        return tr("framing error, the rest is raw");
    case store::RowState::Unanswered:
        return (row.flags & store::RowReset) != 0 ? tr("the stream was reset before a response")
                                                  : tr("response not seen");
    }
    return {};
}

QString placeText(flow::LossPlace place)
{
    switch (place) {
    case flow::LossPlace::Kernel:
        return tr("kernel");
    case flow::LossPlace::Agent:
        return tr("agent");
    case flow::LossPlace::Tunnel:
        return tr("tunnel");
    case flow::LossPlace::Desktop:
        return tr("desktop");
    case flow::LossPlace::Budget:
        return tr("own limits");
    }
    return {};
}

QString gapText(flow::GapKind kind)
{
    switch (kind) {
    case flow::GapKind::Network:
        return tr("never seen on the network");
    case flow::GapKind::Capture:
        return tr("missed by capture");
    case flow::GapKind::Truncated:
        return tr("cut by the snapshot length");
    case flow::GapKind::Limit:
        return tr("given up at a reassembly limit");
    }
    return {};
}

QString protocolText(flow::Protocol protocol)
{
    switch (protocol) {
    case flow::Protocol::Unknown:
        return tr("unknown");
    case flow::Protocol::Http1:
        return tr("HTTP/1");
    case flow::Protocol::Http2:
        return tr("HTTP/2");
    case flow::Protocol::Tls:
        return tr("TLS");
    case flow::Protocol::WebSocket:
        return tr("WebSocket");
    case flow::Protocol::ServerFirst:
        return tr("server speaks first");
    case flow::Protocol::Raw:
        return tr("raw");
    }
    return {};
}

QString closeText(flow::CloseReason reason)
{
    switch (reason) {
    case flow::CloseReason::Finished:
        return tr("finished");
    case flow::CloseReason::Reset:
        return tr("reset");
    case flow::CloseReason::Idle:
        return tr("idle for too long");
    case flow::CloseReason::Evicted:
        return tr("given up, too many connections");
    case flow::CloseReason::Replaced:
        return tr("replaced by a new one");
    case flow::CloseReason::CaptureStopped:
        return tr("still open when capture stopped");
    case flow::CloseReason::TakenOver:
        return tr("taken over by the proxy");
    case flow::CloseReason::Lagged:
        return tr("closed here: this client fell behind");
    }
    return {};
}

QString kindText(const store::Row& row)
{
    if (row.kind == store::RowKind::Connection)
        return static_cast<flow::Protocol>(row.detail) == flow::Protocol::Tls ? tr("TLS")
                                                                              : tr("TCP");
    if (row.kind != store::RowKind::Exchange)
        return {};
    switch (static_cast<store::RowForm>(row.detail)) {
    case store::RowForm::Http:
        return {};
    case store::RowForm::Grpc:
        return tr("gRPC");
    case store::RowForm::GrpcWeb:
        return tr("gRPC-Web");
    case store::RowForm::WebSocket:
        return tr("WebSocket");
    case store::RowForm::EventStream:
        return tr("Events");
    case store::RowForm::Tunnel:
        return tr("Tunnel");
    }
    return {};
}

bool carriesMessages(const store::Row& row)
{
    const auto form = static_cast<store::RowForm>(row.detail);
    return row.kind == store::RowKind::Exchange && form != store::RowForm::Http
           && form != store::RowForm::Tunnel;
}

QString statusText(const store::Row& row)
{
    if (row.kind == store::RowKind::Exchange && row.grpcStatus != store::noGrpcStatus)
        return QString::fromStdString(store::grpcStatusName(row.grpcStatus));
    const auto form = static_cast<store::RowForm>(row.detail);
    const bool grpc = row.kind == store::RowKind::Exchange
                      && (form == store::RowForm::Grpc || form == store::RowForm::GrpcWeb);
    constexpr int fine = 200; // says nothing of the call, whose status comes behind
    if (grpc && row.status == fine && row.state != store::RowState::Open)
        return tr("no status");
    return row.status == 0 ? QString() : QString::number(row.status);
}

QString sentence(const store::Store& store, store::Number number)
{
    const store::Row* row = store.rows().at(number);
    if (row == nullptr)
        return {};
    if (row->kind == store::RowKind::Connection) {
        const store::Connection* connection = store.connections().at(row->connection);
        QStringList parts{kindText(*row),
                          connection == nullptr ? QString() : connectionTitle(*connection),
                          stateText(*row)};
        return (parts + tagsOf(store, *row)).join(QStringLiteral(", "));
    }
    if (row->kind != store::RowKind::Exchange)
        return lossText(store, *row);
    const auto& texts = store.rows().texts();
    QStringList parts{visible(texts.text(row->method)) + QLatin1Char(' ')
                      + visible(texts.text(row->path))};
    if (const QString kind = kindText(*row); !kind.isEmpty())
        parts << kind;
    if (const QString status = statusText(*row); !status.isEmpty())
        parts << status;
    if ((row->flags & store::RowResponseEnded) != 0)
        parts << duration(row->microseconds);
    if (row->state != store::RowState::Done)
        parts << stateText(*row);
    parts << tagsOf(store, *row) << modeText(row->mode).toLower();
    return parts.join(QStringLiteral(", "));
}

} // namespace podglass::models
