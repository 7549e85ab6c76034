// SPDX-License-Identifier: GPL-3.0-or-later
// ConnectionDetail: one connection as values for a view: what it is, where something is missing or
// odd, and its bytes as they came, as far as no HTTP message claims them. Texts are visible()
// already.
#pragma once

#include "core/store/store.h"

#include <QByteArray>
#include <QPair>
#include <QString>
#include <QVector>

namespace podglass::models {

struct StreamChunk
{
    bool toServer = false;
    QString time;
    quint64 offset = 0;
    QByteArray data;

    bool operator==(const StreamChunk&) const = default;
};

struct ConnectionNote
{
    QString text; // "2,048 B missing at byte 1,024 to the server: missed by capture"
    bool toServer = false;
    quint64 offset = 0; // in the stream of its direction
    bool gap = false;
    bool conflict = false;
    QByteArray kept; // conflict: both versions
    QByteArray dropped;

    bool operator==(const ConnectionNote&) const = default;
};

struct ConnectionDetail
{
    quint32 number = 0;
    QString title; // "TLS for shop.example"
    QVector<QPair<QString, QString>> facts;
    QVector<ConnectionNote> notes;
    QVector<StreamChunk> chunks; // the newest
    QString left;                // what of the stream is not here; empty: nothing
    bool encrypted = false;      // bytes are no text
    bool hasStream = false;
    bool open = false; // bytes may follow

    bool operator==(const ConnectionDetail&) const = default;
};

// Of the stream at most the newest `bytes`.
ConnectionDetail connectionDetailOf(const store::Store& store,
                                    store::Number connection,
                                    std::uint64_t bytes = std::uint64_t{256} * 1024);

// All that is kept of one direction, for a file.
QByteArray streamBytes(const store::Store& store, store::Number connection, bool toServer);

QString anomalyText(flow::AnomalyKind kind);
// "TLS 1.3"
QString tlsVersionText(std::uint16_t version);
// What a connection is, in a line: "TLS for shop.example, h2, TLS 1.3"
QString connectionTitle(const store::Connection& connection);

} // namespace podglass::models
