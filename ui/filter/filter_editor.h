// SPDX-License-Identifier: GPL-3.0-or-later
// The filter editor: rules and groups (or the text form), what the filter would take of a sample
// of real requests, why and why not, what to watch out for. It holds the filter being edited and
// its history; nothing is in force before applied().
#pragma once

#include "core/filter/evaluate.h"

#include "ui/filter/preview.h"
#include "ui/filter/seen.h"
#include "ui/filter/warnings.h"

#include <QTimer>
#include <QWidget>

class QLabel;
class QPushButton;
class QStackedWidget;
class QToolButton;
class QUndoStack;

namespace podglass::ui {

class RequestList;
class RuleTree;
class TextPage;
class WarningList;

class FilterEditor : public QWidget
{
    Q_OBJECT

public:
    explicit FilterEditor(filter::Use use, QWidget* parent = nullptr);
    ~FilterEditor() override;

    // "shop/checkout"; a part of the heading.
    void setTargetName(const QString& name);
    // The filter in force; becomes the one being edited, without history.
    void setFilter(const filter::Filter& inForce);
    // Another filter came into force elsewhere. Edits that are not applied stay.
    void setInForce(const filter::Filter& inForce);
    // The newest requests; at most limits::previewSample are used.
    void setSample(std::vector<SampleRequest> requests);
    // For "filter like this": the rule joins the others, as one undoable step.
    void addRule(const filter::Rule& rule);

    [[nodiscard]] const filter::Filter& filter() const { return m_filter; }

    [[nodiscard]] bool isModified() const { return !(m_filter == m_inForce); }

    [[nodiscard]] const Preview& preview() const { return m_preview; }

    [[nodiscard]] const std::vector<Warning>& warnings() const;

public slots:
    void apply();
    void revert();
    void showText(bool text);

signals:
    void changed();
    void applied(const podglass::filter::Filter& filter);

private:
    QWidget* buildHead();
    QWidget* buildFoot();
    void addShortcuts();
    void edit(const filter::Filter& next, const QString& key);
    void put(const filter::Filter& filter); // from the history
    void showFilter();
    void evaluate();
    void showState();
    void fix(const Warning& warning);

    friend class EditFilter;

    filter::Use m_use;
    filter::Filter m_filter;
    filter::Filter m_inForce;
    Sample m_sample;
    Seen m_seen;
    Preview m_preview; // of the last filter that compiled
    std::vector<filter::Problem> m_problems;
    QTimer m_settle;
    QString m_target;
    bool m_shownByWidgets = false; // the change came from a widget that shows it already
    QUndoStack* m_history = nullptr;
    QLabel* m_title = nullptr;
    QToolButton* m_textToggle = nullptr;
    QStackedWidget* m_pages = nullptr;
    RuleTree* m_tree = nullptr;
    TextPage* m_text = nullptr;
    RequestList* m_requests = nullptr;
    WarningList* m_warnings = nullptr;
    QLabel* m_words = nullptr;
    QPushButton* m_revert = nullptr;
    QPushButton* m_apply = nullptr;
};

} // namespace podglass::ui
