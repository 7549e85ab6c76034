// SPDX-License-Identifier: Apache-2.0
// The captures below tests/golden: made by hand, recorded from real peers, written by the kernel.
#pragma once

#include <QDir>
#include <QStringList>

namespace podglass::tests {

// Relative to `golden`; of the kernel's, which are many, every `kernelStep`-th.
inline QStringList goldenCaptures(const QString& golden, qsizetype kernelStep = 1)
{
    QStringList captures;
    for (const char* folder : {"http", "http2", "peers"}) {
        const QStringList cases =
            QDir(golden + '/' + folder).entryList(QDir::Dirs | QDir::NoDotAndDotDot);
        for (const QString& name : cases)
            captures << QLatin1String(folder) + '/' + name + "/input.pcap";
    }
    const QStringList kernel = QDir(golden + "/kernel").entryList({QStringLiteral("*.pcap")});
    for (qsizetype i = 0; i < kernel.size(); i += kernelStep)
        captures << "kernel/" + kernel[i];
    return captures;
}

} // namespace podglass::tests
