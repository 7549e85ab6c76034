// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/filter/rule_row.h"

#include "core/filter/vocabulary.h"

#include "ui/filter/labels.h"
#include "ui/filter/number_labels.h"
#include "ui/filter/seen.h"
#include "ui/theme/icon.h"
#include "ui/theme/style_sheet.h"
#include "ui/theme/theme.h"

#include <array>

#include <QAbstractItemView>
#include <QCheckBox>
#include <QComboBox>
#include <QCompleter>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QStandardItemModel>
#include <QToolButton>

namespace podglass::ui {

using filter::Field;
using filter::Operator;

namespace {

QWidget* emptyKeepsItsPlace(QWidget* widget)
{
    QSizePolicy policy = widget->sizePolicy();
    policy.setRetainSizeWhenHidden(true);
    widget->setSizePolicy(policy);
    return widget;
}

} // namespace

RuleRow::RuleRow(
    TreeActions& actions, Path path, const filter::Rule& rule, filter::Use use, QWidget* parent)
    : QWidget(parent)
    , m_actions(actions)
    , m_path(std::move(path))
    , m_rule(rule)
{
    build();
    fill(use);
    connectParts();
}

void RuleRow::build()
{
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 2, 0, 2);
    row->setSpacing(theme::gap - 2);
    m_enabled = new QCheckBox(this);
    m_enabled->setAccessibleName(tr("Rule %1 is on").arg(numberOf(m_path)));
    m_enabled->setToolTip(tr("Switch this rule off or on"));
    m_field = new QComboBox(this);
    m_field->setAccessibleName(tr("Field of rule %1").arg(numberOf(m_path)));
    m_name = new QLineEdit(this);
    m_name->setAccessibleName(tr("Name for rule %1").arg(numberOf(m_path)));
    m_operator = new QComboBox(this);
    m_operator->setAccessibleName(tr("Comparison of rule %1").arg(numberOf(m_path)));
    m_value = new QLineEdit(this);
    m_value->setAccessibleName(tr("Value of rule %1").arg(numberOf(m_path)));
    m_case = new QToolButton(this);
    m_case->setText(tr("Aa"));
    m_case->setCheckable(true);
    m_case->setToolTip(tr("Tell capital from small letters"));
    m_case->setAccessibleName(tr("Rule %1 minds case").arg(numberOf(m_path)));
    m_matches = makeNumberLabel(this);
    m_effect = makeNumberLabel(this);
    m_delete = new QToolButton(this);
    m_delete->setIcon(theme::icon(QStringLiteral("cross"), theme::Role::Muted));
    m_delete->setToolTip(tr("Remove this rule (Ctrl+Delete)"));
    m_delete->setAccessibleName(tr("Remove rule %1").arg(numberOf(m_path)));
    m_field->setMinimumWidth(104);
    m_name->setMinimumWidth(130);
    m_operator->setMinimumWidth(140);
    m_value->setMinimumWidth(140);
    row->addWidget(m_enabled);
    row->addWidget(m_field);
    row->addWidget(emptyKeepsItsPlace(m_name), 2);
    row->addWidget(m_operator);
    row->addWidget(emptyKeepsItsPlace(m_value), 3);
    row->addWidget(emptyKeepsItsPlace(m_case));
    row->addWidget(m_matches);
    row->addWidget(m_effect);
    row->addWidget(m_delete);
}

void RuleRow::fill(filter::Use use)
{
    m_filling = true;
    m_enabled->setChecked(m_rule.enabled);
    for (const Field field : fieldsFor(use))
        m_field->addItem(fieldLabel(field), static_cast<int>(field));
    if (m_field->findData(static_cast<int>(m_rule.field)) < 0) // refused, but shown
        m_field->addItem(fieldLabel(m_rule.field), static_cast<int>(m_rule.field));
    m_field->setCurrentIndex(m_field->findData(static_cast<int>(m_rule.field)));
    m_name->setText(QString::fromStdString(m_rule.name));
    m_value->setText(QString::fromStdString(m_rule.value));
    m_case->setChecked(m_rule.caseSensitive);
    fieldChosen();
    m_filling = false;
}

void RuleRow::connectParts()
{
    connect(m_enabled, &QCheckBox::toggled, this, [this] {
        adapt();
        changed({});
    });
    connect(m_field, &QComboBox::currentIndexChanged, this, [this] {
        fieldChosen();
        changed({});
    });
    connect(m_operator, &QComboBox::currentIndexChanged, this, [this] {
        adapt();
        changed({});
    });
    connect(m_name, &QLineEdit::textEdited, this, [this] { changed(QStringLiteral("name")); });
    connect(m_value, &QLineEdit::textEdited, this, [this] { changed(QStringLiteral("value")); });
    connect(m_case, &QToolButton::toggled, this, [this] { changed({}); });
    connect(m_delete, &QToolButton::clicked, this, [this] { m_actions.remove(m_path); });
    m_name->installEventFilter(this);
    m_value->installEventFilter(this);
}

Field RuleRow::field() const
{
    return static_cast<Field>(m_field->currentData().toInt());
}

Operator RuleRow::operation() const
{
    return static_cast<Operator>(m_operator->currentData().toInt());
}

// Offers the operators of the field and keeps the one that was chosen, if it still fits.
void RuleRow::fieldChosen()
{
    const bool before = m_filling;
    const Operator wanted = m_operator->count() == 0 ? m_rule.op : operation();
    m_filling = true;
    m_operator->clear();
    for (const Operator op : operatorsFor(field())) {
        m_operator->addItem(operatorLabel(op), static_cast<int>(op));
        m_operator->setItemData(m_operator->count() - 1, operatorTip(op), Qt::ToolTipRole);
    }
    m_operator->setCurrentIndex(std::max(0, m_operator->findData(static_cast<int>(wanted))));
    m_filling = before;
    adapt();
}

void RuleRow::adapt()
{
    const bool named = filter::takesName(field());
    const bool on = m_enabled->isChecked();
    m_name->setVisible(named);
    m_name->setPlaceholderText(namePlaceholder(field()));
    m_value->setVisible(filter::takesValue(operation()));
    m_value->setPlaceholderText(valuePlaceholder(field(), operation()));
    m_case->setVisible(filter::isTextOperator(operation()) && !filter::isNumeric(field()));
    m_operator->setToolTip(operatorTip(operation()));
    m_value->setFont(operation() == Operator::Matches ? theme::monospace() : font());
    for (QWidget* part : std::array<QWidget*, 5>{m_field, m_name, m_operator, m_value, m_case})
        part->setEnabled(on);
}

void RuleRow::changed(const QString& key)
{
    if (m_filling)
        return;
    m_rule.enabled = m_enabled->isChecked();
    m_rule.field = field();
    m_rule.op = operation();
    m_rule.name = filter::takesName(m_rule.field) ? m_name->text().trimmed().toStdString() : "";
    m_rule.value = filter::takesValue(m_rule.op) ? m_value->text().toStdString() : "";
    m_rule.caseSensitive = m_case->isVisibleTo(this) && m_case->isChecked();
    m_actions.changeRule(m_path, m_rule, key.isEmpty() ? key : key + numberOf(m_path));
}

void RuleRow::showCount(const filter::Count* count, bool stale)
{
    showNumbers(m_matches, m_effect, count, stale);
}

void RuleRow::showProblem(const QString& message)
{
    const bool inName = filter::takesName(field()) && m_rule.name.empty();
    const QString bad = QStringLiteral("invalid");
    const bool wrong = !message.isEmpty();
    theme::restyle(m_name, "fieldState", wrong && inName ? bad : QString());
    theme::restyle(m_value, "fieldState", wrong && !inName ? bad : QString());
    m_name->setToolTip(inName ? message : QString());
    m_value->setToolTip(inName ? QString() : message);
    m_value->setAccessibleDescription(message);
}

void RuleRow::focusFirstGap()
{
    QWidget* part = m_value->isVisibleTo(this) ? m_value : static_cast<QWidget*>(m_operator);
    if (m_name->isVisibleTo(this) && m_name->text().isEmpty())
        part = m_name;
    part->setFocus(Qt::OtherFocusReason);
}

QString RuleRow::focusedPart() const
{
    const std::array<QWidget*, 7> parts = {
        m_enabled, m_field, m_name, m_operator, m_value, m_case, m_delete};
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (parts[i]->hasFocus())
            return QString::number(i);
    }
    return {};
}

void RuleRow::focusPart(const QString& part)
{
    const std::array<QWidget*, 7> parts = {
        m_enabled, m_field, m_name, m_operator, m_value, m_case, m_delete};
    const auto index = part.toUInt();
    if (!part.isEmpty() && index < parts.size())
        parts.at(index)->setFocus(Qt::OtherFocusReason);
}

void RuleRow::keyPressEvent(QKeyEvent* event)
{
    const bool control = event->modifiers() == Qt::ControlModifier;
    const bool alt = event->modifiers() == Qt::AltModifier;
    if (control && event->key() == Qt::Key_D)
        m_actions.duplicate(m_path);
    else if (control && event->key() == Qt::Key_G)
        m_actions.wrap(m_path);
    else if (control && event->key() == Qt::Key_Delete)
        m_actions.remove(m_path);
    else if (alt && event->key() == Qt::Key_Up)
        m_actions.move(m_path, -1);
    else if (alt && event->key() == Qt::Key_Down)
        m_actions.move(m_path, 1);
    else
        QWidget::keyPressEvent(event);
}

// Lists are made when they are wanted: a sample changes far more often than a box is entered.
bool RuleRow::eventFilter(QObject* watched, QEvent* event)
{
    auto* edit = watched == m_name ? m_name : m_value;
    if (watched != m_name && watched != m_value) { // the list of completions
        const bool pressed = event->type() == QEvent::KeyPress;
        const auto* key = pressed ? static_cast<QKeyEvent*>(event) : nullptr;
        if (!pressed || (key->modifiers() & Qt::ControlModifier) == 0
            || (key->key() != Qt::Key_Return && key->key() != Qt::Key_Enter))
            return false;
        // The list takes Enter whatever goes with it; Ctrl+Enter means the whole filter.
        static_cast<QWidget*>(watched)->hide();
        m_actions.apply();
        return true;
    }
    if (event->type() == QEvent::FocusIn) {
        const auto reason = static_cast<QFocusEvent*>(event)->reason();
        if (reason != Qt::PopupFocusReason)
            complete(edit, edit == m_name);
    } else if (event->type() == QEvent::ShortcutOverride) {
        // One history for the whole filter, not one for each box.
        auto* key = static_cast<QKeyEvent*>(event);
        if (key->matches(QKeySequence::Undo) || key->matches(QKeySequence::Redo)) {
            key->ignore();
            return true;
        }
    } else if (event->type() == QEvent::KeyPress) {
        const auto* key = static_cast<QKeyEvent*>(event);
        if (key->key() == Qt::Key_Delete && key->modifiers() == Qt::ControlModifier) {
            m_actions.remove(m_path); // a line edit would delete a word
            return true;
        }
        if (key->key() == Qt::Key_Down && key->modifiers() == Qt::NoModifier
            && edit->completer() != nullptr) {
            edit->completer()->setCompletionPrefix(edit->text());
            edit->completer()->complete();
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

void RuleRow::complete(QLineEdit* edit, bool names)
{
    const auto offers = names ? m_actions.seen().names(field())
                              : m_actions.seen().values(field(), m_name->text().trimmed());
    auto* model = new QStandardItemModel;
    for (const Occurrence& offer : offers) {
        auto* item =
            new QStandardItem(tr("%1   %2×").arg(offer.text, QLocale().toString(offer.count)));
        item->setData(offer.text, Qt::UserRole);
        model->appendRow(item);
    }
    auto* completer = new QCompleter(model, edit);
    model->setParent(completer);
    completer->setCompletionRole(Qt::UserRole);
    completer->setCaseSensitivity(Qt::CaseInsensitive);
    completer->setFilterMode(Qt::MatchContains);
    completer->popup()->setAccessibleName(tr("Seen in the sample"));
    completer->popup()->setProperty("surface", QStringLiteral("popup"));
    delete edit->completer();
    edit->setCompleter(completer);
    completer->popup()->installEventFilter(this); // after the completer's, so asked before it
    connect(completer,
            qOverload<const QString&>(&QCompleter::activated),
            this,
            [this, edit](const QString& text) {
                edit->setText(text);
                changed({});
            });
}

} // namespace podglass::ui
