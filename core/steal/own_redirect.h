// SPDX-License-Identifier: Apache-2.0
// OwnRedirect: a redirect made by this process. Its netlink socket is opened before the listener: a
// dying process closes its highest descriptors first, so the kernel still translates when it tells
// the clients of all others that they are closed. lifeline() is that socket again, for a worker to
// hold in the same place: then the table ends with the last of the two.
// Thread: its owner's.
#pragma once

#include "core/steal/privileges.h"
#include "core/steal/redirect_table.h"

namespace podglass::steal {

class OwnRedirect : public Redirect
{
public:
    // The calling thread must be in the namespace.
    static base::Result<std::unique_ptr<OwnRedirect>> make(const RedirectWish& wish);

    Listener takeListener() override { return std::move(m_listener); }

    base::Status release() override { return m_table.release(); }

    base::Status check() override { return m_table.check(); }

    [[nodiscard]] std::string text() const override { return m_table.text(); }

    [[nodiscard]] const Listener& listener() const { return m_listener; }

    [[nodiscard]] io::Fd lifeline() const { return m_table.socket().duplicate(); }

    // Takes the lowest descriptor that is free now that the way in is closed.
    void settle() { m_table.settle(); }

    // Now, also where a worker still holds the lifeline.
    void remove() { m_table.remove(); }

private:
    OwnRedirect(RedirectTable table, Listener listener)
        : m_table(std::move(table))
        , m_listener(std::move(listener))
    {}

    RedirectTable m_table;
    Listener m_listener;
};

} // namespace podglass::steal
