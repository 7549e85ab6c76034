// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/secrets.h"

#include "core/flow/secrets.h"

#include <QStringList>

namespace podglass::models {

namespace {

const QString dots = QString(8, QChar(u'\u2022'));

} // namespace

bool isSecret(const QString& headerName)
{
    return flow::carriesSecret(headerName.trimmed().toStdString());
}

QString masked(const QString& headerName, const QString& value)
{
    if (!isSecret(headerName) || value.isEmpty())
        return value;
    const bool scheme = headerName.endsWith(QLatin1String("authorization"), Qt::CaseInsensitive);
    const qsizetype blank = value.indexOf(QLatin1Char(' '));
    return scheme && blank > 0 ? value.left(blank + 1) + dots : dots;
}

QString maskedHead(const QString& head)
{
    QStringList lines = head.split(QLatin1Char('\n'));
    bool inSecret = false;
    for (QString& line : lines) {
        // A folded line belongs to the field before it (RFC 9112 5.2).
        if (inSecret && (line.startsWith(QLatin1Char(' ')) || line.startsWith(QLatin1Char('\t')))) {
            line = QLatin1Char(' ') + dots;
            continue;
        }
        const qsizetype colon = line.indexOf(QLatin1Char(':'));
        inSecret = colon > 0 && isSecret(line.left(colon));
        if (inSecret)
            line = line.left(colon + 1) + QLatin1Char(' ')
                   + masked(line.left(colon).trimmed(), line.mid(colon + 1).trimmed());
    }
    return lines.join(QLatin1Char('\n'));
}

} // namespace podglass::models
