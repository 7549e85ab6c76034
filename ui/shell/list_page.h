// SPDX-License-Identifier: GPL-3.0-or-later
// ListPage: list and detail, beside each other in a wide window and above each other in a narrow
// one; or, when the list is empty, why, and the next act.
#pragma once

#include "ui/shell/workspace.h"

#include <QWidget>

class QSplitter;
class QStackedWidget;

namespace podglass::views {
class DetailPane;
class EmptyState;
class ExchangeList;
} // namespace podglass::views

namespace podglass::shell {

class ListPage : public QWidget
{
    Q_OBJECT

public:
    explicit ListPage(Workspace& work, QWidget* parent = nullptr);

    [[nodiscard]] views::ExchangeList& list() const { return *m_list; }

    [[nodiscard]] views::DetailPane& detail() const { return *m_detail; }

    // A capture file is shown rather than a target; an empty name: no file.
    void setFile(const QString& name, bool reading);
    // After every change: which page, and the selected exchange anew.
    void refresh();
    void flip();
    [[nodiscard]] QByteArray saveState() const;
    void restoreState(const QByteArray& state);

signals:
    void mirrorRequested();
    void clearFilterRequested();
    void connectionsRequested();

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    enum class Empty
    {
        None,
        Off,
        Waiting,
        NoHttp,
        Filtered
    };

    [[nodiscard]] Empty why() const;
    void showEmpty(Empty empty);
    void showWaiting(const QString& name);
    void refreshConnection();
    void saveStream(quint32 connection, bool toServer);
    void onPrimary();
    void orient();

    Workspace& m_work;
    QStackedWidget* m_stack;
    views::EmptyState* m_empty;
    views::ExchangeList* m_list;
    views::DetailPane* m_detail;
    QSplitter* m_splitter;
    QString m_file;
    bool m_reading = false;
    Empty m_why = Empty::None;
    bool m_flipped = false;
    store::Row m_shownRow;
    store::Number m_shown = 0;
};

} // namespace podglass::shell
