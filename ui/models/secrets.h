// SPDX-License-Identifier: GPL-3.0-or-later
// Which header values are secrets, and how they are shown until somebody asks for them.
#pragma once

#include <QString>

namespace podglass::models {

bool isSecret(const QString& headerName);

// "Bearer ••••••••": the scheme of an Authorization stays, everything else goes; the number of
// dots tells nothing of the length.
QString masked(const QString& headerName, const QString& value);

// A head as on the wire, with secret values masked line by line.
QString maskedHead(const QString& head);

} // namespace podglass::models
