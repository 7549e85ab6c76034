// SPDX-License-Identifier: GPL-3.0-or-later
// ConnectionView: one connection: what it is, what is missing or odd in it, and its stream
// followed: both directions as they came, told apart by arrow and colour, as text or hex, with each
// gap and oddity at its place.
#pragma once

#include "ui/models/connection_detail.h"

#include <QWidget>

class QComboBox;
class QLabel;
class QPlainTextEdit;
class QSplitter;
class QTextCursor;
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

protected:
    void changeEvent(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    QWidget* makeBar();
    void arrange();
    void renderStream();
    void insertNote(QTextCursor& cursor, const models::ConnectionNote& note);
    void insertChunk(QTextCursor& cursor, const models::StreamChunk& chunk, bool hex);

    models::ConnectionDetail m_detail;
    FieldsView* m_facts;
    QWidget* m_bar;
    QLabel* m_left;
    QComboBox* m_side;
    QComboBox* m_form;
    QToolButton* m_save;
    QPlainTextEdit* m_stream;
    FindBar* m_find;
    QSplitter* m_splitter;
    bool m_open = false; // an empty line waits to be written into
    bool m_fresh = true; // another connection than before
};

} // namespace podglass::views
