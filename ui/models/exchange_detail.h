// SPDX-License-Identifier: GPL-3.0-or-later
// ExchangeDetail: one row with its heads and bodies, as values for the detail pane. Made from the
// store when a row is selected or changes; views know no store. Texts of peers are made visible()
// already; `raw` and `body` are as sent.
#pragma once

#include "core/store/store.h"

#include <QByteArray>
#include <QPair>
#include <QString>
#include <QVector>

namespace podglass::models {

struct MessageDetail
{
    bool seen = false;
    bool ended = false;
    QString firstLine; // "POST /cart HTTP/1.1", "201 Created"
    QVector<QPair<QString, QString>> fields;
    QVector<QPair<QString, QString>> trailers;
    QByteArray raw; // the head
    QByteArray body;
    QString contentType;
    QString contentEncoding;
    bool protobuf = false; // may be read as one
    quint64 bodyBytes = 0; // whole
    QString note;          // why something is missing or odd; empty: nothing is

    bool operator==(const MessageDetail&) const = default;
};

struct ExchangeDetail
{
    quint32 number = 0;  // 0: nothing is selected
    quint32 ordinal = 0; // what it is called
    bool loss = false;
    bool connectionOnly = false; // a connection without messages
    bool messages = false;       // gRPC, WebSocket, server-sent events
    QString kind;                // "gRPC"; empty: plain HTTP
    QString statusText;          // "200", "OK", "TLS"
    bool statusGood = false;     // gRPC
    QString lossText;
    QString method;
    QString target;
    QString host;
    QString url;
    int status = 0;
    QString reason;
    QString started;      // date and time
    QString state;        // in words; empty: complete
    QString noResponse;   // why there is none; empty: there is one
    QStringList oddities; // of the exchange or its connection, a sentence each
    QString mode;         // "Stolen", with who: `taker`
    QString modeIcon;
    bool open = false; // more may follow
    bool stolen = false;
    bool mirrored = false;
    QString takerProblem;
    QString client;
    QString server;
    QString protocol;
    quint32 connection = 0;
    quint32 connectionOrdinal = 0;
    bool marked = false;
    bool bytesDropped = false;
    // Timing, microseconds from the first byte of the request.
    quint64 requestTime = 0;
    quint64 waitingTime = 0;
    quint64 responseTime = 0;
    bool timed = false;
    MessageDetail request;
    MessageDetail response;
};

ExchangeDetail detailOf(const store::Store& store, store::Number number);

// A command line that sends the request again; every argument quoted for a POSIX shell. Secrets
// are masked unless `secrets`.
QString curlCommand(const ExchangeDetail& detail, bool secrets);
QString shellQuoted(const QString& text);

} // namespace podglass::models
