// SPDX-License-Identifier: GPL-3.0-or-later
// EventLog: what the session and the agent said, newest last, as text that can be copied. The last
// 2,000 lines.
#pragma once

#include <QPlainTextEdit>

namespace podglass::shell {

class EventLog : public QPlainTextEdit
{
    Q_OBJECT

public:
    explicit EventLog(QWidget* parent = nullptr);

    // `text` may hold words of a peer.
    void add(const QString& text);
};

} // namespace podglass::shell
