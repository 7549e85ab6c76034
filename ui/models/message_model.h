// SPDX-License-Identifier: GPL-3.0-or-later
// MessageModel: what flows inside one exchange as a Qt table: gRPC messages, WebSocket frames,
// server-sent events. update() reads what is new; rows that are there keep their place, so that
// selection and scroll position survive. Thread: the window's.
#pragma once

#include "core/store/messages.h"

#include <QAbstractTableModel>

namespace podglass::models {

// One message as the view shows it.
struct MessageShown
{
    bool toServer = false;
    bool control = false; // ping, pong, close, status: not the application's data
    bool problem = false; // a status or code that is an error
    bool text = false;
    bool protobuf = false; // may be read as one
    QString title;
    QString note;
    QByteArray payload;
};

class MessageModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column
    {
        Direction,
        Time,
        Kind,
        Length,
        Preview,
        ColumnCount
    };

    explicit MessageModel(QObject* parent = nullptr);

    // `number` 0: none.
    void update(const store::Store& store, store::Number number);

    [[nodiscard]] MessageShown shown(int row) const;

    // "14 messages", with what is not here.
    [[nodiscard]] QString summary() const;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation side, int role) const override;

private:
    [[nodiscard]] QString preview(const store::MessageItem& item) const;

    store::MessageReader m_reader;
    store::Number m_number = 0;
    std::uint64_t m_first = 0; // items dropped before the first row
    int m_rows = 0;
    bool m_protobuf = false; // messages of gRPC
};

} // namespace podglass::models
