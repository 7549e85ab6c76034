// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/bridge/capture_saver.h"

#include <QCoreApplication>

namespace podglass::bridge {

namespace {

constexpr int lookMilliseconds = 50;

} // namespace

CaptureSaver::CaptureSaver(QObject* parent)
    : QObject(parent)
{
    m_timer.setInterval(lookMilliseconds);
    connect(&m_timer, &QTimer::timeout, this, &CaptureSaver::look);
}

bool CaptureSaver::start(files::CaptureSave::Source source, const QString& path)
{
    if (m_save)
        return false;
    const QString program = QStringLiteral("Podglass ") + QCoreApplication::applicationVersion();
    m_save = std::make_unique<files::CaptureSave>(
        std::move(source), path.toStdString(), program.toStdString());
    m_timer.start();
    return true;
}

void CaptureSaver::cancel()
{
    if (m_save)
        m_save->cancel();
}

void CaptureSaver::look()
{
    const files::SaveState state = m_save->state();
    if (!state.finished) {
        emit progress(state.size == 0 ? -1 : static_cast<int>(state.done * 100 / state.size));
        return;
    }
    m_timer.stop();
    m_save.reset();
    emit finished(state);
}

} // namespace podglass::bridge
