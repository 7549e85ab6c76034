// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/event_log.h"

#include "ui/models/format.h"
#include "ui/theme/icon.h"

#include <QDateTime>

namespace podglass::shell {

EventLog::EventLog(QWidget* parent)
    : QPlainTextEdit(parent)
{
    setObjectName(QStringLiteral("eventLog"));
    setAccessibleName(tr("Events"));
    setReadOnly(true);
    setUndoRedoEnabled(false);
    setTabChangesFocus(true);
    setMaximumBlockCount(2000);
    setFont(theme::monospace());
}

void EventLog::add(const QString& text)
{
    const QByteArray utf8 = text.toUtf8();
    appendPlainText(
        QDateTime::currentDateTime().toString(QStringLiteral("HH:mm:ss  "))
        + models::visible({utf8.constData(), static_cast<std::size_t>(utf8.size())}, true));
}

} // namespace podglass::shell
