// SPDX-License-Identifier: Apache-2.0
// OwnRedirect: a redirect made by this process, and a table that goes on translating after it
// (translation_table.h has why and in which order they go). lifeline() and translation() are their
// sockets again, for a worker to hold in the same places: then each table ends with the last of the
// two. On kernels without owners there is no such table: the redirect's own is released and stays.
// Thread: its owner's.
#pragma once

#include "core/steal/privileges.h"
#include "core/steal/redirect_table.h"
#include "core/steal/translation_table.h"

#include <optional>

namespace podglass::steal {

class OwnRedirect : public Redirect
{
public:
    // The calling thread must be in the namespace.
    static base::Result<std::unique_ptr<OwnRedirect>> make(const RedirectWish& wish);

    Listener takeListener() override { return std::move(m_listener); }

    base::Status release() override { return m_table.release(); }

    base::Status check() override { return m_table.check(); }

    [[nodiscard]] std::string text() const override
    {
        return m_table.text() + (m_translation ? "\n" + m_translation->text() : "");
    }

    [[nodiscard]] const Listener& listener() const { return m_listener; }

    [[nodiscard]] io::Fd lifeline() const { return m_table.socket().duplicate(); }

    // Of the table that is the last to go.
    [[nodiscard]] io::Fd translation() const
    {
        return m_translation ? m_translation->socket().duplicate() : lifeline();
    }

    // Takes the lowest descriptors that are free now that the way in is closed.
    void settle()
    {
        if (m_translation)
            m_translation->settle();
        m_table.settle();
    }

    // Now, also where a worker still holds the lifeline.
    void remove() { m_table.remove(); }

private:
    OwnRedirect(std::optional<TranslationTable> translation, RedirectTable table, Listener listener)
        : m_translation(std::move(translation))
        , m_table(std::move(table))
        , m_listener(std::move(listener))
    {}

    std::optional<TranslationTable> m_translation; // destroyed after the redirect
    RedirectTable m_table;
    Listener m_listener;
};

} // namespace podglass::steal
