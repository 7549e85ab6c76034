// SPDX-License-Identifier: GPL-3.0-or-later
// What the window's dialogs are made of, so that they look and behave alike. Everything made here
// belongs to the widget it is made for. Thread: the window's.
#pragma once

#include <QDialogButtonBox>

class QDialog;
class QFormLayout;
class QLabel;
class QLineEdit;
class QVBoxLayout;

namespace podglass::shell {

// The column that fills the dialog.
QVBoxLayout* dialogColumn(QDialog* dialog);

// Rows of label and field; `parent` null: to be added to a column.
QFormLayout* dialogForm(QWidget* parent = nullptr);

// An explanation, wrapped.
QLabel* mutedText(const QString& text, QWidget* parent);

// Why what was typed cannot be accepted: there only while say() was given words.
QLabel* problemText(QWidget* parent);
void say(QLabel* problem, const QString& words);

// Accept and reject the dialog.
QDialogButtonBox* dialogButtons(QDialogButtonBox::StandardButtons which, QDialog* dialog);

// The field and a button beside it that chooses a file, under this title.
QWidget* fileRow(QLineEdit* field, const QString& title, QWidget* parent);

// As wide as said and as high as its texts are then; texts that change later do not change it.
void fitToWidth(QDialog* dialog, int width);

} // namespace podglass::shell
