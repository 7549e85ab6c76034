// SPDX-License-Identifier: Apache-2.0
#include "tests/net/steal/rig_test.h"

#include <QTest>

namespace podglass::test {

void RigTest::init()
{
    m_rig = Rig::make();
    if (!m_rig)
        QSKIP("needs the right to make network namespaces (root)");
    begin();
}

void RigTest::cleanup()
{
    if (m_rig)
        end();
    m_rig.reset();
}

} // namespace podglass::test
