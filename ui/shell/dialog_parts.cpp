// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/dialog_parts.h"

#include "ui/theme/style_sheet.h"
#include "ui/theme/theme.h"

#include <QAbstractButton>
#include <QCoreApplication>
#include <QDialog>
#include <QFileDialog>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

namespace podglass::shell {

QVBoxLayout* dialogColumn(QDialog* dialog)
{
    auto* column = new QVBoxLayout(dialog);
    column->setContentsMargins(theme::gapLarge, theme::gapLarge, theme::gapLarge, theme::gapLarge);
    column->setSpacing(theme::gap);
    return column;
}

QFormLayout* dialogForm(QWidget* parent)
{
    auto* form = new QFormLayout(parent);
    form->setContentsMargins(0, 0, 0, 0);
    form->setSpacing(theme::gap);
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    return form;
}

QLabel* mutedText(const QString& text, QWidget* parent)
{
    auto* label = new QLabel(text, parent);
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    QSizePolicy wide = label->sizePolicy(); // its height follows from its width
    wide.setHorizontalPolicy(QSizePolicy::Expanding);
    label->setSizePolicy(wide);
    label->setProperty("tone", QStringLiteral("muted"));
    return label;
}

QLabel* problemText(QWidget* parent)
{
    auto* label = new QLabel(parent);
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    label->setProperty("tone", QStringLiteral("warning"));
    label->hide();
    return label;
}

void say(QLabel* problem, const QString& words)
{
    problem->setText(words);
    problem->setVisible(!words.isEmpty());
}

QDialogButtonBox* dialogButtons(QDialogButtonBox::StandardButtons which, QDialog* dialog)
{
    auto* box = new QDialogButtonBox(which, dialog);
    for (QAbstractButton* button : box->buttons())
        if (box->buttonRole(button) == QDialogButtonBox::AcceptRole) // what Enter does
            theme::restyle(button, "kind", QStringLiteral("primary"));
    QObject::connect(box, &QDialogButtonBox::accepted, dialog, &QDialog::accept);
    QObject::connect(box, &QDialogButtonBox::rejected, dialog, &QDialog::reject);
    return box;
}

QWidget* fileRow(QLineEdit* field, const QString& title, QWidget* parent)
{
    auto* row = new QWidget(parent);
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(theme::gap);
    auto* choose = new QPushButton(QCoreApplication::translate("dialog", "Choose…"), row);
    choose->setAccessibleName(title);
    layout->addWidget(field, 1);
    layout->addWidget(choose);
    row->setFocusProxy(field);
    QObject::connect(choose, &QPushButton::clicked, row, [row, field, title] {
        const QString path = QFileDialog::getOpenFileName(row->window(), title, field->text());
        if (!path.isEmpty())
            field->setText(path);
    });
    return row;
}

void fitToWidth(QDialog* dialog, int width)
{
    dialog->layout()->setSizeConstraint(QLayout::SetNoConstraint);
    dialog->ensurePolished();
    const int height = dialog->layout()->hasHeightForWidth()
                           ? dialog->layout()->totalHeightForWidth(width)
                           : dialog->sizeHint().height();
    dialog->resize(width, height);
}

} // namespace podglass::shell
