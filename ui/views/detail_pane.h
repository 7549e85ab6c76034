// SPDX-License-Identifier: GPL-3.0-or-later
// DetailPane: one exchange: what, when, between whom, how it was taken; its messages, where it
// carries such; request and response side by side, in a narrow pane one at a time; its connection.
#pragma once

#include "ui/models/connection_detail.h"
#include "ui/models/exchange_detail.h"
#include "ui/models/message_model.h"

#include <QWidget>

class QButtonGroup;
class QHBoxLayout;
class QLabel;
class QPushButton;
class QSplitter;
class QStackedWidget;
class QToolButton;
class QVBoxLayout;

namespace podglass::views {

class ConnectionView;
class EmptyState;
class MessageList;
class MessageView;
class TimingBar;

class DetailPane : public QWidget
{
    Q_OBJECT

public:
    explicit DetailPane(QWidget* parent = nullptr);

    void setDetail(const models::ExchangeDetail& detail);
    void setConnection(const models::ConnectionDetail& connection);

    // What flows inside the exchange; its owner keeps it up to date.
    [[nodiscard]] models::MessageModel& messages() { return m_messages; }

    [[nodiscard]] bool showsConnection() const { return m_part == Connection; }

    [[nodiscard]] const models::ExchangeDetail& detail() const { return m_detail; }

    [[nodiscard]] bool secretsRevealed() const { return m_reveal; }

    void focusRequest();
    void focusResponse();
    // In what is shown: opens the bar (0), goes to the next (1) or previous (-1) match.
    void find(int direction);
    void showStream();
    // Of bodies, messages and streams, in steps of a point from the normal size.
    void setTextZoom(int steps);

    [[nodiscard]] int textZoom() const { return m_zoom; }

signals:
    void connectionRequested(quint32 connection);
    void headerFilterRequested(const QString& name, const QString& value);
    void copyCurlRequested();
    void saveStreamRequested(quint32 connection, bool toServer);
    // Another part is shown: the connection's detail may be wanted.
    void partChanged();

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    QWidget* makeHead();
    QWidget* makeMessages();
    void render();
    void colourStatus();
    void renderBadges();

    // What is shown under the head; the buttons in this order.
    enum Part
    {
        Messages,
        Request, // the first of the two, or both
        Response,
        Connection
    };

    void choosePart();
    void showPart(int part);
    [[nodiscard]] bool low() const;
    static QMargins sidesMargins(bool wide);
    void spread(bool wide);
    void arrange();
    void setReveal(bool reveal);

    models::ExchangeDetail m_detail;
    bool m_reveal = false;
    QHBoxLayout* m_first = nullptr;
    QHBoxLayout* m_second = nullptr;
    QVBoxLayout* m_head = nullptr;  // holds both
    QVBoxLayout* m_under = nullptr; // below the head
    bool m_wide = false;
    bool m_narrow = false;
    int m_part = Response;
    bool m_partByUser = false;
    int m_zoom = 0;
    models::MessageModel m_messages;
    QStackedWidget* m_stack;
    EmptyState* m_empty;
    QLabel* m_status;
    QLabel* m_title;
    QLabel* m_facts;
    QLabel* m_badge;
    QLabel* m_warning;
    QPushButton* m_connection;
    QToolButton* m_secrets;
    QToolButton* m_copy;
    TimingBar* m_timing;
    QWidget* m_sides;
    QButtonGroup* m_sideButtons;
    QStackedWidget* m_parts;
    QSplitter* m_splitter;
    MessageList* m_messageList;
    ConnectionView* m_connectionView;
    MessageView* m_request;
    MessageView* m_response;
};

} // namespace podglass::views
