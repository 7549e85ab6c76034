// SPDX-License-Identifier: Apache-2.0
// RigTest: a Qt Test each of whose functions has a Rig of its own and is skipped, saying so, where
// network namespaces may not be made.
#pragma once

#include "tests/net/steal/rig.h"

#include <QObject>

namespace podglass::test {

class RigTest : public QObject
{
    Q_OBJECT

protected:
    // Before a function, when m_rig is there; QSKIP in it skips the function.
    virtual void begin() {}

    // After it, while m_rig is still there.
    virtual void end() {}

    std::unique_ptr<Rig> m_rig;

private slots:
    void init();
    void cleanup();
};

} // namespace podglass::test
