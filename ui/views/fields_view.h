// SPDX-License-Identifier: GPL-3.0-or-later
// FieldsView: header fields as a table. Values can be selected (double click or Enter opens them
// read-only) and copied; secrets are masked until revealed.
#pragma once

#include <QPair>
#include <QString>
#include <QTableWidget>
#include <QVector>

namespace podglass::views {

class FieldsView : public QTableWidget
{
    Q_OBJECT

public:
    explicit FieldsView(QWidget* parent = nullptr);

    using Fields = QVector<QPair<QString, QString>>;

    void setFields(const Fields& fields, const Fields& trailers, bool reveal);

signals:
    // "Filter like this" on one field.
    void filterRequested(const QString& name, const QString& value);

protected:
    void contextMenuEvent(QContextMenuEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void add(const Fields& fields, bool reveal, const QString& note);
    void copyRow(bool whole);
    void fitColumns();
};

} // namespace podglass::views
