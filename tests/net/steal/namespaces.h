// SPDX-License-Identifier: Apache-2.0
// Network namespaces for tests: without names, so nothing is left behind when a test dies.
#pragma once

#include "core/io/fd.h"
#include "core/steal/namespace_door.h"

#include <functional>
#include <memory>

#include <QString>
#include <QStringList>

namespace podglass::test {

class NetworkNamespace
{
public:
    // With lo up. Null: not permitted here; the test skips.
    static std::unique_ptr<NetworkNamespace> make();

    [[nodiscard]] int fd() const { return m_fd.get(); }

    // Runs `work` with this thread inside; back outside when it returns.
    void inside(const std::function<void()>& work) const;

    // This thread stays inside; for threads that end with their work.
    void enterForGood() const;

    // Path for nsenter --net=.
    [[nodiscard]] QString path() const;

    // Output of a shell command inside; `ok` is whether it exited with 0.
    QString shell(const QString& command, bool* ok = nullptr) const;

private:
    explicit NetworkNamespace(io::Fd fd);

    io::Fd m_fd;
    steal::NamespaceDoor m_door;
};

// A veth pair between two namespaces: 10.77.0.1/24, fd77::1/64 in `a`, .2 and ::2 in `b`.
bool connectNamespaces(const NetworkNamespace& a, const NetworkNamespace& b);

} // namespace podglass::test
