// SPDX-License-Identifier: GPL-3.0-or-later
// What the filter would take and what not: the count, two lists to switch between, and for the
// selected request every rule with its verdict.
#pragma once

#include "ui/filter/preview.h"

#include <QWidget>

class QLabel;
class QListWidget;
class QTableView;
class QToolButton;

namespace podglass::ui {

class SampleModel;
class ShareBar;

class RequestList : public QWidget
{
    Q_OBJECT

public:
    explicit RequestList(filter::Use use, QWidget* parent = nullptr);

    void showPreview(const Sample& sample, const Preview& preview);
    void setStale(bool stale); // the preview is of an older state
    void showHalf(bool matched);

    [[nodiscard]] QString countText() const;

private:
    QWidget* buildHead();
    QWidget* buildLists();
    void refill();
    void explainCurrent();

    filter::Use m_use;
    Sample m_sample;
    Preview m_preview;
    bool m_showsMatched = true;
    QLabel* m_count = nullptr;
    ShareBar* m_share = nullptr;
    QToolButton* m_matched = nullptr;
    QToolButton* m_notMatched = nullptr;
    QTableView* m_view = nullptr;
    QListWidget* m_verdicts = nullptr;
    SampleModel* m_model = nullptr;
};

} // namespace podglass::ui
