// SPDX-License-Identifier: GPL-3.0-or-later
// CaptureSaver: one pcapng file at a time, written by files::CaptureSave on its own thread, and how
// far it is. Thread: the window's.
#pragma once

#include "core/files/capture_save.h"

#include <memory>

#include <QObject>
#include <QTimer>

namespace podglass::bridge {

class CaptureSaver : public QObject
{
    Q_OBJECT

public:
    explicit CaptureSaver(QObject* parent = nullptr);

    // False: one is being written.
    bool start(files::CaptureSave::Source source, const QString& path);
    void cancel();

signals:
    // 0 to 100; -1: not known.
    void progress(int percent);
    void finished(const podglass::files::SaveState& state);

private:
    void look();

    std::unique_ptr<files::CaptureSave> m_save;
    QTimer m_timer;
};

} // namespace podglass::bridge
