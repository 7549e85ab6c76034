// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/har_export.h"

#include <QElapsedTimer>

namespace podglass::shell {

namespace {

constexpr qint64 sliceMilliseconds = 8;

} // namespace

HarExport::HarExport(const store::Store& store,
                     std::vector<store::Number> rows,
                     exporting::HarWriter writer,
                     QObject* parent)
    : QObject(parent)
    , m_store(store)
    , m_rows(std::move(rows))
    , m_writer(std::move(writer))
{
    connect(&m_timer, &QTimer::timeout, this, &HarExport::work);
    m_timer.start(0);
}

void HarExport::work()
{
    QElapsedTimer spent;
    spent.start();
    while (m_done < m_rows.size() && spent.elapsed() < sliceMilliseconds) {
        if (const auto added = m_writer.add(m_store, m_rows[m_done++]); !added) {
            m_timer.stop();
            emit finished(added.error());
            return;
        }
    }
    if (m_done < m_rows.size()) {
        emit progress(static_cast<int>(m_done * 100 / m_rows.size()));
        return;
    }
    m_timer.stop();
    const auto ended = m_writer.finish();
    emit finished(ended ? base::Error{} : ended.error());
}

} // namespace podglass::shell
