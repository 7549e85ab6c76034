// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/style_sheet.h"

#include <utility>

#include <QStyle>
#include <QVariant>
#include <QWidget>

namespace podglass::theme {

namespace {

// $name stands for a colour of the table.
constexpr std::array names{
    std::pair{"$window", Role::Window},
    std::pair{"$panel", Role::Panel},
    std::pair{"$base", Role::Base},
    std::pair{"$hover", Role::Hover},
    std::pair{"$selected", Role::Selection},
    std::pair{"$border", Role::Border},
    std::pair{"$text", Role::Text},
    std::pair{"$muted", Role::Muted},
    std::pair{"$accentfill", Role::AccentFill},
    std::pair{"$accenttext", Role::AccentText},
    std::pair{"$accent", Role::Accent},
    std::pair{"$successfill", Role::SuccessFill},
    std::pair{"$success", Role::Success},
    std::pair{"$redirect", Role::Redirect},
    std::pair{"$warningfill", Role::WarningFill},
    std::pair{"$warning", Role::Warning},
    std::pair{"$failurefill", Role::FailureFill},
    std::pair{"$failure", Role::Failure},
    std::pair{"$stealfill", Role::StealFill},
    std::pair{"$stealedge", Role::StealEdge},
    std::pair{"$steal", Role::Steal},
    std::pair{"$lossfill", Role::LossFill},
    std::pair{"$loss", Role::Loss},
    std::pair{"$infofill", Role::InfoFill},
};

constexpr const char* bars = R"(
QToolBar { background: $panel; border: none; border-bottom: 1px solid $border; spacing: 6px; padding: 6px 8px; }
QToolBar::separator { background: $border; width: 1px; margin: 4px 4px; }
QMenuBar { background: $panel; border: none; padding: 2px 4px; }
QMenuBar::item { padding: 4px 8px; border-radius: 4px; background: transparent; }
QMenuBar::item:selected { background: $hover; }
QMenu { background: $panel; border: 1px solid $border; padding: 4px; }
QMenu::item { padding: 5px 28px 5px 24px; border-radius: 4px; }
QMenu::item:selected { background: $accentfill; color: $accenttext; }
QMenu::item:disabled { color: $muted; }
QMenu::separator { height: 1px; background: $border; margin: 4px 8px; }
QMenu::icon { padding-left: 6px; }
QStatusBar { background: $panel; border-top: 1px solid $border; }
QStatusBar::item { border: none; }
QToolTip { background: $panel; color: $text; border: 1px solid $border; padding: 4px 6px; }
QSplitter::handle { background: $border; }
QSplitter::handle:horizontal { width: 1px; }
QSplitter::handle:vertical { height: 1px; }
QSplitter::handle:hover { background: $accent; }
QDockWidget { titlebar-close-icon: url(:/podglass/icons/$close.svg); }
QDockWidget::close-button { subcontrol-position: center right; subcontrol-origin: padding; right: 8px; border: 1px solid transparent; border-radius: 4px; padding: 1px; icon-size: 16px; }
QDockWidget::close-button:hover { background: $hover; border: 1px solid $border; }
QDockWidget::title { background: $panel; padding: 6px 8px; border-top: 1px solid $border; border-bottom: 1px solid $border; }
QMainWindow::separator { background: $border; width: 1px; height: 1px; }
QMainWindow::separator:hover { background: $accent; }
)";

constexpr const char* buttons = R"(
QPushButton, QToolButton[kind="button"] { background: $panel; border: 1px solid $border; border-radius: 5px; padding: 5px 12px; color: $text; }
QPushButton:hover, QToolButton[kind="button"]:hover { background: $hover; }
QPushButton:pressed { background: $border; }
QPushButton:focus, QToolButton[kind="button"]:focus { border: 1px solid $accent; }
QPushButton:disabled { color: $muted; background: $window; }
QPushButton[kind="primary"] { background: $accentfill; color: $accenttext; border: 1px solid $accentfill; font-weight: 600; }
QPushButton[kind="primary"]:hover { background: $accent; }
QPushButton[kind="primary"]:focus { border: 1px solid $text; }
QPushButton[kind="primary"]:disabled { background: $hover; color: $muted; border: 1px solid $border; }
QPushButton[kind="danger"] { color: $failure; border: 1px solid $failure; }
QPushButton[kind="steal"] { background: $stealfill; color: $steal; border: 1px solid $stealedge; font-weight: 600; }
QPushButton[kind="flat"] { background: transparent; border: 1px solid transparent; }
QPushButton[kind="flat"]:hover { background: $hover; }
QPushButton[kind="flat"]:focus { border: 1px solid $accent; }
QPushButton[kind="link"] { background: transparent; border: 1px solid transparent; color: $accent; padding: 3px 4px; text-align: left; }
QPushButton[kind="link"]:hover { text-decoration: underline; }
QPushButton[kind="link"]:focus { border: 1px solid $accent; }
QPushButton[kind="choice"] { background: $panel; border: 1px solid $border; border-radius: 11px; padding: 2px 10px; }
QPushButton[kind="choice"]:hover { background: $hover; }
QPushButton[kind="choice"]:checked { background: $accentfill; color: $accenttext; border: 1px solid $accentfill; font-weight: 600; }
QPushButton[kind="choice"]:focus { border: 1px solid $text; }
QPushButton[kind="chip"] { background: $selected; border: 1px solid $border; border-radius: 11px; padding: 2px 8px; }
QToolButton { border: 1px solid transparent; border-radius: 5px; padding: 4px 6px; color: $text; }
QToolButton:hover { background: $hover; }
QToolButton:checked { background: $selected; }
QToolButton:focus { border: 1px solid $accent; }
QToolButton:disabled { color: $muted; }
QToolButton::menu-indicator { image: none; }
QToolButton[segment] { background: $base; border: 1px solid $border; border-radius: 0; padding: 5px 14px; font-weight: 600; }
QToolButton[segment="first"] { border-top-left-radius: 6px; border-bottom-left-radius: 6px; }
QToolButton[segment="only"] { border-radius: 6px; }
QToolButton[segment="middle"] { border-left: none; border-right: none; }
QToolButton[segment="last"] { border-top-right-radius: 6px; border-bottom-right-radius: 6px; }
QToolButton[segment]:hover { background: $hover; }
QToolButton[segment]:focus { border: 1px solid $accent; }
QToolButton[segment]:checked { background: $accentfill; color: $accenttext; }
QToolButton[segment]:checked:disabled { background: $hover; color: $muted; }
QToolButton[segment][steal="true"]:checked { background: $stealfill; color: $steal; border: 1px solid $stealedge; }
)";

constexpr const char* fields = R"(
QLineEdit, QSpinBox, QComboBox { background: $base; border: 1px solid $border; border-radius: 5px; padding: 4px 8px; color: $text; selection-background-color: $accentfill; selection-color: $accenttext; }
QLineEdit:focus, QSpinBox:focus, QComboBox:focus { border: 1px solid $accent; }
QDialog QPlainTextEdit { background: $base; border: 1px solid $border; border-radius: 5px; padding: 2px; }
QDialog QPlainTextEdit:focus { border: 1px solid $accent; }
QLineEdit:disabled, QComboBox:disabled { background: $window; color: $muted; }
QLineEdit[fieldState="valid"] { border: 1px solid $success; background: $successfill; }
QLineEdit[fieldState="warning"] { border: 1px solid $warning; background: $warningfill; }
QLineEdit[fieldState="invalid"] { border: 1px solid $failure; background: $failurefill; }
QComboBox::drop-down { border: none; width: 20px; }
QComboBox::down-arrow { image: url(:/podglass/icons/$chevron.svg); width: 12px; height: 12px; }
QComboBox QAbstractItemView { background: $panel; border: 1px solid $border; }
QLabel[tone="muted"] { color: $muted; }
QLabel[tone="title"] { font-size: 20pt; font-weight: 600; }
QLabel[tone="heading"] { font-weight: 600; font-size: 12pt; }
QLabel[tone="strong"] { font-weight: 600; }
QLabel[tone="steal"] { color: $steal; font-weight: 600; }
QLabel[tone="loss"] { color: $loss; font-weight: 600; }
QLabel[tone="success"] { color: $success; }
QLabel[tone="warning"] { color: $warning; }
QLabel[tone="failure"] { color: $failure; }
QLabel[outcome="success"] { color: $success; }
QLabel[outcome="redirect"] { color: $redirect; }
QLabel[outcome="warning"] { color: $warning; }
QLabel[outcome="failure"] { color: $failure; }
QCheckBox, QRadioButton { spacing: 6px; color: $text; }
QCheckBox::indicator, QRadioButton::indicator { width: 14px; height: 14px; background: $base; border: 1px solid $muted; }
QCheckBox::indicator { border-radius: 3px; }
QRadioButton::indicator { border-radius: 8px; }
QCheckBox::indicator:hover, QRadioButton::indicator:hover { border: 1px solid $accent; }
QCheckBox::indicator:focus, QRadioButton::indicator:focus { border: 2px solid $accent; width: 12px; height: 12px; }
QCheckBox::indicator:checked { background: $accentfill; border: 1px solid $accentfill; image: url(:/podglass/icons/ticked.svg); }
QRadioButton::indicator:checked { background: $accentfill; border: 1px solid $accentfill; image: url(:/podglass/icons/dotted.svg); }
QCheckBox::indicator:checked:focus, QRadioButton::indicator:checked:focus { border: 1px solid $text; width: 14px; height: 14px; }
QCheckBox::indicator:disabled, QRadioButton::indicator:disabled { border: 1px solid $border; background: $window; }
QDialogButtonBox { dialogbuttonbox-buttons-have-icons: 0; }
QGroupBox { border: 1px solid $border; border-radius: 6px; margin-top: 10px; padding-top: 8px; font-weight: 600; }
QGroupBox::title { subcontrol-origin: margin; left: 10px; padding: 0 4px; }
)";

constexpr const char* surfaces = R"(
*[surface="panel"] { background: $panel; border: none; border-bottom: 1px solid $border; }
*[surface="foot"] { background: $panel; border: none; border-top: 1px solid $border; }
*[surface="base"] { background: $base; border: none; }
*[surface="card"] { background: $panel; border: 1px solid $border; border-radius: 8px; }
*[surface="popup"] { background: $panel; border: 1px solid $border; padding: 3px; }
*[surface="steal"] { background: $stealfill; border: none; border-bottom: 1px solid $stealedge; }
*[surface="loss"] { background: $lossfill; border: none; border-bottom: 1px solid $loss; }
*[surface="info"] { background: $infofill; border: none; border-bottom: 1px solid $border; }
*[surface="warning"] { background: $warningfill; border: none; border-bottom: 1px solid $warning; }
QAbstractScrollArea { border: none; background: $base; }
QTableView, QTreeView, QListView { background: $base; gridline-color: $border; selection-background-color: $selected; selection-color: $text; outline: none; }
QTreeView::item, QListView::item { padding: 3px 2px; }
QTableView[cells="padded"]::item { border: none; padding: 0 5px; }
QHeaderView { background: $panel; border: none; }
QHeaderView::section { background: $panel; color: $muted; border: none; border-bottom: 1px solid $border; padding: 5px 8px; font-weight: 600; }
QHeaderView::section:hover { color: $text; }
QTabWidget::pane { border: none; border-top: 1px solid $border; }
QTabBar { background: transparent; }
QTabBar::tab { background: transparent; color: $muted; border: none; border-bottom: 2px solid transparent; padding: 6px 12px; margin-right: 2px; }
QTabBar::tab:hover { color: $text; }
QTabBar::tab:selected { color: $text; border-bottom: 2px solid $accent; }
QTabBar::tab:focus { color: $accent; }
QScrollBar:vertical { background: transparent; width: 11px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 11px; margin: 0; }
QScrollBar::handle { background: $border; border-radius: 4px; margin: 2px; }
QScrollBar::handle:vertical { min-height: 28px; }
QScrollBar::handle:horizontal { min-width: 28px; }
QScrollBar::handle:hover { background: $muted; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QProgressBar { background: $hover; border: none; border-radius: 3px; max-height: 6px; color: transparent; }
QProgressBar::chunk { background: $accentfill; border-radius: 3px; }
)";

} // namespace

QString styleSheetFor(Scheme scheme)
{
    QString sheet = QString::fromLatin1(bars) + QString::fromLatin1(buttons)
                    + QString::fromLatin1(fields) + QString::fromLatin1(surfaces);
    // Longer names first in the table, so that $steal does not eat the head of $stealfill.
    sheet.replace(QLatin1String("$chevron"),
                  scheme == Scheme::Light ? QLatin1String("chevron-light")
                                          : QLatin1String("chevron-dark"));
    sheet.replace(QLatin1String("$close"),
                  scheme == Scheme::Light ? QLatin1String("close-light")
                                          : QLatin1String("close-dark"));
    for (const auto& [name, role] : names)
        sheet.replace(QLatin1String(name), color(scheme, role).name());
    return sheet;
}

void restyle(QWidget* widget, const char* property, const QString& value)
{
    if (widget->property(property).toString() == value)
        return;
    widget->setProperty(property, value);
    widget->style()->unpolish(widget);
    widget->style()->polish(widget);
    widget->update();
}

} // namespace podglass::theme
