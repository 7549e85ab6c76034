// SPDX-License-Identifier: GPL-3.0-or-later
// HarExport: rows of the store into a HAR file, in slices between which the window goes on. Rows
// that are dropped meanwhile are counted. Destroyed before its end, it leaves no file.
// Thread: the window's. Borrows the store.
#pragma once

#include "core/export/har_writer.h"

#include <QObject>
#include <QTimer>

namespace podglass::shell {

class HarExport : public QObject
{
    Q_OBJECT

public:
    // `rows`: in the order in which they are written.
    HarExport(const store::Store& store,
              std::vector<store::Number> rows,
              exporting::HarWriter writer,
              QObject* parent = nullptr);

    [[nodiscard]] const exporting::HarWriter& writer() const { return m_writer; }

signals:
    void progress(int percent);
    // `error.what` empty: the file is there.
    void finished(const podglass::base::Error& error);

private:
    void work();

    const store::Store& m_store;
    std::vector<store::Number> m_rows;
    std::size_t m_done = 0;
    exporting::HarWriter m_writer;
    QTimer m_timer;
};

} // namespace podglass::shell
