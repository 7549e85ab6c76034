// SPDX-License-Identifier: GPL-3.0-or-later
// ExchangeList: the live list. It follows the tail while the user is at the bottom (within one
// row); scrolling up, selecting another row or opening the menu freezes it, and a pill tells how
// many rows came since; End, G or the pill resume. Data never moves selection or scroll position.
#pragma once

#include "ui/models/exchange_model.h"

#include <vector>

#include <QWidget>

class QPushButton;
class QTableView;

namespace podglass::views {

class ExchangeDelegate;

class ExchangeList : public QWidget
{
    Q_OBJECT

public:
    explicit ExchangeList(models::ExchangeModel& model, QWidget* parent = nullptr);

    [[nodiscard]] bool following() const { return m_following; }

    [[nodiscard]] store::Number current() const { return m_current; }

    [[nodiscard]] std::vector<store::Number> selected() const;

    [[nodiscard]] QTableView* table() const { return m_table; }

    void setCurrent(store::Number number);
    void goTo(int row);
    void step(int rows);
    // The next (+1) or previous (-1) row of the same connection.
    void stepInConnection(int direction);
    void follow();
    void freeze();
    // All rows are of a file: none is news.
    void setWhole(bool whole);
    // Rows of several targets: a column says whose each is.
    void showTargets(bool shown);

signals:
    void currentChanged(quint32 number);
    void followingChanged(bool following);
    void openRequested(quint32 number);
    void menuRequested(quint32 number, const QPoint& globalPosition);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void setUpTable();
    void connectModel();
    void onScrolled();
    void onInserted(int first, int last);
    void onRemoved(int first, int last);
    void onCurrent(const QModelIndex& now);
    void rememberSelection();
    void restoreSelection();
    void setFollowing(bool following);
    void updatePill();
    bool onKey(int key);

    models::ExchangeModel& m_model;
    QTableView* m_table;
    ExchangeDelegate* m_delegate;
    QPushButton* m_pill;
    store::Number m_current = 0;
    std::vector<store::Number> m_remembered;
    int m_rememberedTop = 0;
    bool m_following = true;
    bool m_moving = false; // scrolling or selecting by ourselves
    int m_unseen = 0;
    bool m_whole = false;
    bool m_targetsShown = false;
};

} // namespace podglass::views
