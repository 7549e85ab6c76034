// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/filter/filter_editor.h"

#include "core/filter/text.h"

#include "ui/filter/request_list.h"
#include "ui/filter/rule_tree.h"
#include "ui/filter/text_page.h"
#include "ui/filter/warning_list.h"
#include "ui/theme/icon.h"
#include "ui/theme/style_sheet.h"
#include "ui/theme/theme.h"

#include <chrono>

#include <QApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QShortcut>
#include <QSplitter>
#include <QStackedWidget>
#include <QToolButton>
#include <QUndoStack>
#include <QVBoxLayout>

namespace podglass::ui {

namespace {

constexpr std::chrono::milliseconds settleTime{60};

} // namespace

// One step of the history: the filter before and after it.
class EditFilter : public QUndoCommand
{
public:
    EditFilter(FilterEditor& editor, filter::Filter next, QString key)
        : m_editor(editor)
        , m_before(editor.m_filter)
        , m_after(std::move(next))
        , m_key(std::move(key))
    {}

    void undo() override { m_editor.put(m_before); }

    void redo() override { m_editor.put(m_after); }

    [[nodiscard]] int id() const override { return 1; }

    // Letters typed into one box are one step.
    bool mergeWith(const QUndoCommand* other) override
    {
        const auto* next = static_cast<const EditFilter*>(other);
        if (m_key.isEmpty() || next->m_key != m_key)
            return false;
        m_after = next->m_after;
        setObsolete(m_after == m_before);
        return true;
    }

private:
    FilterEditor& m_editor;
    filter::Filter m_before;
    filter::Filter m_after;
    QString m_key;
};

FilterEditor::FilterEditor(filter::Use use, QWidget* parent)
    : QWidget(parent)
    , m_use(use)
    , m_history(new QUndoStack(this))
    , m_pages(new QStackedWidget(this))
    , m_tree(new RuleTree(use, this))
    , m_text(new TextPage(use, this))
    , m_requests(new RequestList(use, this))
{
    m_settle.setSingleShot(true);
    m_settle.setInterval(settleTime);
    connect(&m_settle, &QTimer::timeout, this, &FilterEditor::evaluate);
    m_history->setUndoLimit(200);
    m_pages->addWidget(m_tree);
    m_pages->addWidget(m_text);
    auto* whole = new QVBoxLayout(this);
    whole->setContentsMargins(0, 0, 0, 0);
    whole->setSpacing(0);
    whole->addWidget(buildHead());
    auto* split = new QSplitter(Qt::Vertical, this);
    split->addWidget(m_pages);
    split->addWidget(m_requests);
    split->setStretchFactor(0, 3);
    split->setStretchFactor(1, 2);
    split->setChildrenCollapsible(false);
    whole->addWidget(split, 1);
    whole->addWidget(buildFoot());
    addShortcuts();
    connect(m_tree,
            &RuleTree::edited,
            this,
            [this](const filter::Filter& next, const QString& key, bool shape) {
                m_shownByWidgets = !shape;
                edit(next, key);
            });
    connect(m_tree, &RuleTree::applyWanted, this, &FilterEditor::apply);
    connect(m_text, &TextPage::edited, this, [this](const filter::Filter& next) {
        m_shownByWidgets = false;
        edit(next, QStringLiteral("text"));
    });
    connect(m_text, &TextPage::validityChanged, this, &FilterEditor::showState);
    setFilter({});
}

FilterEditor::~FilterEditor() = default;

QWidget* FilterEditor::buildHead()
{
    auto* head = new QWidget(this);
    head->setProperty("surface", QStringLiteral("panel"));
    head->setAttribute(Qt::WA_StyledBackground);
    auto* row = new QHBoxLayout(head);
    row->setContentsMargins(theme::gapLarge, theme::gap, theme::gap, theme::gap);
    m_title = new QLabel(head);
    m_title->setTextFormat(Qt::PlainText);
    m_title->setProperty("tone", QStringLiteral("heading"));
    row->addWidget(m_title, 1);
    const auto button = [&](const QString& text, const QString& tip) {
        auto* made = new QToolButton(head);
        made->setText(text);
        made->setToolTip(tip);
        made->setAccessibleName(text);
        row->addWidget(made);
        return made;
    };
    auto* undo = button(tr("Undo"), tr("Undo (Ctrl+Z)"));
    auto* redo = button(tr("Redo"), tr("Redo (Ctrl+Shift+Z)"));
    undo->setEnabled(false);
    redo->setEnabled(false);
    connect(undo, &QToolButton::clicked, m_history, &QUndoStack::undo);
    connect(redo, &QToolButton::clicked, m_history, &QUndoStack::redo);
    connect(m_history, &QUndoStack::canUndoChanged, undo, &QWidget::setEnabled);
    connect(m_history, &QUndoStack::canRedoChanged, redo, &QWidget::setEnabled);
    m_textToggle = button(tr("{ } Text"), tr("Show the filter as text, to copy, paste or type it"));
    m_textToggle->setCheckable(true);
    connect(m_textToggle, &QToolButton::toggled, this, &FilterEditor::showText);
    return head;
}

QWidget* FilterEditor::buildFoot()
{
    auto* foot = new QWidget(this);
    foot->setProperty("surface", QStringLiteral("foot"));
    foot->setAttribute(Qt::WA_StyledBackground);
    auto* whole = new QVBoxLayout(foot);
    whole->setContentsMargins(theme::gapLarge, theme::gap, theme::gapLarge, theme::gap + 4);
    whole->setSpacing(theme::gap);
    m_warnings = new WarningList(foot);
    whole->addWidget(m_warnings);
    auto* row = new QHBoxLayout;
    row->setSpacing(theme::gap);
    m_words = new QLabel(foot);
    m_words->setTextFormat(Qt::PlainText);
    m_words->setWordWrap(true);
    m_words->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_words->setAccessibleName(tr("The filter in words"));
    m_revert = new QPushButton(tr("Revert"), foot);
    m_revert->setToolTip(tr("Back to the filter in force"));
    m_apply =
        new QPushButton(m_use == filter::Use::Steal ? tr("Apply to agent") : tr("Apply"), foot);
    m_apply->setProperty("kind", QStringLiteral("primary"));
    m_apply->setToolTip(tr("Ctrl+Enter"));
    row->addWidget(m_words, 1);
    row->addWidget(m_revert, 0, Qt::AlignBottom);
    row->addWidget(m_apply, 0, Qt::AlignBottom);
    whole->addLayout(row);
    connect(m_revert, &QPushButton::clicked, this, &FilterEditor::revert);
    connect(m_apply, &QPushButton::clicked, this, &FilterEditor::apply);
    connect(m_warnings, &WarningList::fixWanted, this, &FilterEditor::fix);
    connect(m_warnings, &WarningList::focusWanted, this, [this](const Path& path) {
        showText(false);
        m_tree->focusRow(path);
    });
    return foot;
}

void FilterEditor::addShortcuts()
{
    const auto add = [this](const QKeySequence& keys, auto slot) {
        auto* shortcut = new QShortcut(keys, this);
        shortcut->setContext(Qt::WidgetWithChildrenShortcut);
        connect(shortcut, &QShortcut::activated, this, slot);
    };
    add(QKeySequence(Qt::CTRL | Qt::Key_Return), [this] { apply(); });
    add(QKeySequence(Qt::CTRL | Qt::Key_Enter), [this] { apply(); });
    add(QKeySequence(QKeySequence::Undo), [this] { m_history->undo(); });
    add(QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Z), [this] { m_history->redo(); });
}

void FilterEditor::setTargetName(const QString& name)
{
    m_target = name;
    showState();
}

void FilterEditor::setFilter(const filter::Filter& inForce)
{
    m_history->clear();
    m_inForce = inForce;
    m_filter = inForce;
    showFilter();
    evaluate();
}

void FilterEditor::setInForce(const filter::Filter& inForce)
{
    if (inForce == m_inForce)
        return;
    if (!isModified()) {
        setFilter(inForce);
        return;
    }
    m_inForce = inForce;
    showState();
}

void FilterEditor::setSample(std::vector<SampleRequest> requests)
{
    m_sample = Sample(std::move(requests));
    m_seen = Seen(m_sample);
    m_tree->setSeen(m_seen);
    evaluate();
}

void FilterEditor::addRule(const filter::Rule& rule)
{
    filter::Filter next = m_filter;
    require(next, filter::Node{rule});
    edit(next, {});
}

const std::vector<Warning>& FilterEditor::warnings() const
{
    return m_warnings->warnings();
}

void FilterEditor::edit(const filter::Filter& next, const QString& key)
{
    if (next == m_filter)
        m_shownByWidgets = false;
    else
        m_history->push(new EditFilter(*this, next, key));
}

void FilterEditor::put(const filter::Filter& filter)
{
    m_filter = filter;
    if (!m_shownByWidgets)
        showFilter();
    m_shownByWidgets = false;
    // Until the numbers are in, the old ones stay, dimmed.
    m_problems = filter::problems(m_filter, m_use);
    m_tree->showProblems(m_problems);
    m_settle.start();
    showState();
    emit changed();
}

void FilterEditor::showFilter()
{
    m_tree->showFilter(m_filter);
    m_tree->showTally(m_preview.tally, true);
    m_text->showFilter(m_filter);
}

void FilterEditor::evaluate()
{
    m_settle.stop();
    m_problems = filter::problems(m_filter, m_use);
    const auto compiled = filter::CompiledFilter::compile(m_filter, m_use);
    if (compiled) {
        m_preview = makePreview(*compiled, m_sample);
        m_requests->showPreview(m_sample, m_preview);
    }
    m_requests->setStale(!compiled);
    m_tree->showTally(m_preview.tally, !compiled);
    m_tree->showProblems(m_problems);
    m_warnings->show(warningsFor(m_filter, m_use, m_problems, m_preview, m_seen));
    showState();
}

void FilterEditor::showState()
{
    if (m_apply == nullptr)
        return;
    const bool textIsGood = !m_textToggle->isChecked() || m_text->isValid();
    m_apply->setEnabled(isModified() && m_problems.empty() && textIsGood);
    m_revert->setEnabled(isModified());
    m_words->setText(tr("In words: %1.").arg(QString::fromStdString(filter::inWords(m_filter))));
    QString title = m_use == filter::Use::Steal ? tr("Steal filter") : tr("View filter");
    if (!m_target.isEmpty())
        title = (m_use == filter::Use::Steal ? tr("Steal filter for %1") : tr("View filter for %1"))
                    .arg(m_target);
    m_title->setText(isModified() ? tr("%1 – not applied yet").arg(title) : title);
}

void FilterEditor::fix(const Warning& warning)
{
    if (warning.showNotMatched)
        m_requests->showHalf(false);
    if (!warning.fixed)
        return;
    edit(*warning.fixed, {});
    evaluate();
    if (warning.focus)
        m_tree->focusRow(*warning.focus);
}

void FilterEditor::apply()
{
    if (QWidget* completions = QApplication::activePopupWidget())
        completions->close();
    evaluate(); // what is applied is what the numbers are of
    if (!m_apply->isEnabled())
        return;
    m_inForce = m_filter;
    showState();
    emit applied(m_filter);
}

void FilterEditor::revert()
{
    edit(m_inForce, {});
    evaluate();
}

void FilterEditor::showText(bool text)
{
    m_textToggle->setChecked(text);
    m_text->showFilter(m_filter);
    m_pages->setCurrentIndex(text ? 1 : 0);
    if (text)
        m_text->focusText();
    showState();
}

} // namespace podglass::ui
