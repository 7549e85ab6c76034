// SPDX-License-Identifier: GPL-3.0-or-later
// DetailPane: one exchange: what, when, between whom, how it was taken, and request and response
// side by side; in a narrow pane one at a time.
#pragma once

#include "ui/models/exchange_detail.h"

#include <QWidget>

class QButtonGroup;
class QLabel;
class QPushButton;
class QSplitter;
class QStackedWidget;
class QToolButton;

namespace podglass::views {

class EmptyState;
class MessageView;
class TimingBar;

class DetailPane : public QWidget
{
    Q_OBJECT

public:
    explicit DetailPane(QWidget* parent = nullptr);

    void setDetail(const models::ExchangeDetail& detail);

    [[nodiscard]] const models::ExchangeDetail& detail() const { return m_detail; }

    [[nodiscard]] bool secretsRevealed() const { return m_reveal; }

    void focusRequest();
    void focusResponse();

signals:
    void connectionRequested(quint32 connection);
    void headerFilterRequested(const QString& name, const QString& value);
    void copyCurlRequested();

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    QWidget* makeHead();
    QWidget* makeMessages();
    void render();
    void renderBadges();
    void showSide(int side);
    void setReveal(bool reveal);

    models::ExchangeDetail m_detail;
    bool m_reveal = false;
    bool m_narrow = false;
    int m_side = 1;
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
    QSplitter* m_splitter;
    MessageView* m_request;
    MessageView* m_response;
};

} // namespace podglass::views
