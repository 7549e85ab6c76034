// SPDX-License-Identifier: GPL-3.0-or-later
// ConnectionView: one connection: what it is, what is missing or odd in it, and its stream
// followed: both directions as they came, told apart by arrow, indent and colour, as text or hex.
#pragma once

#include "ui/models/connection_detail.h"

#include <QWidget>

class QComboBox;
class QLabel;
class QPlainTextEdit;
class QToolButton;

namespace podglass::views {

class FieldsView;
class FindBar;

class ConnectionView : public QWidget
{
    Q_OBJECT

public:
    explicit ConnectionView(QWidget* parent = nullptr);

    void setDetail(const models::ConnectionDetail& detail);
    void find(int direction);

signals:
    // The user wants the bytes of one direction in a file.
    void saveRequested(quint32 connection, bool toServer);

private:
    QWidget* makeBar();
    void render();
    void renderNotes();
    void renderStream();

    models::ConnectionDetail m_detail;
    FieldsView* m_facts;
    QLabel* m_notes;
    QWidget* m_bar;
    QLabel* m_left;
    QComboBox* m_side;
    QComboBox* m_form;
    QToolButton* m_save;
    QPlainTextEdit* m_stream;
    FindBar* m_find;
    QLabel* m_none;
};

} // namespace podglass::views
