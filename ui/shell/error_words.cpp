// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/error_words.h"

#include "ui/models/format.h"

#include <QStringList>

namespace podglass::shell {

QString safe(const std::string& text)
{
    return models::visible(text, true);
}

QString sentence(const std::string& text)
{
    QString shown = safe(text);
    if (!shown.isEmpty())
        shown[0] = shown[0].toUpper();
    return shown;
}

std::string headline(const base::Error& error)
{
    return error.what.substr(0, error.what.find('\n'));
}

QString rest(const base::Error& error)
{
    QStringList parts;
    if (const std::size_t end = error.what.find('\n'); end != std::string::npos)
        parts << sentence(error.what.substr(end + 1));
    if (!error.where.empty())
        parts << safe(error.where);
    if (!error.advice.empty())
        parts << sentence(error.advice);
    return parts.join(QStringLiteral("  ·  "));
}

} // namespace podglass::shell
