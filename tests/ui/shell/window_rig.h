// SPDX-License-Identifier: GPL-3.0-or-later
// WindowRig: a whole window over a FakeAgent.
#pragma once

#include "tests/ui/shell/fake_agent.h"
#include "ui/shell/main_window.h"
#include "ui/theme/theme.h"

#include <QApplication>
#include <QTest>

namespace podglass::tests {

struct WindowRig
{
    WindowRig()
        : agent(updates)
        , work(updates, agent)
        , window(work, theme)
    {
        window.resize(1500, 900);
        window.show();
    }

    template <typename T>
    T* part(const char* name)
    {
        return window.findChild<T*>(QLatin1String(name));
    }

    bool attach()
    {
        window.openAddress(QStringLiteral("ssh://build-3/container/3f21"));
        return QTest::qWaitFor([this] { return work.attachment.mode() == wire::Mode::Mirror; });
    }

    bool play(int count)
    {
        const auto wanted = work.store.requests() + static_cast<std::uint64_t>(count);
        agent.play(count, 1'700'000'000'000);
        return QTest::qWaitFor([&] { return work.store.requests() == wanted; });
    }

    theme::Theme theme{*qobject_cast<QApplication*>(QCoreApplication::instance())};
    session::Updates updates{limits::sessionChannelBytes};
    FakeAgent agent;
    shell::Workspace work;
    shell::MainWindow window;
};

} // namespace podglass::tests
