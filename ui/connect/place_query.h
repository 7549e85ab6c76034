// SPDX-License-Identifier: GPL-3.0-or-later
// What is typed into the search over places. All words must match; each may be
//   che             letters in order in the name, the namespace or the kind; else anywhere as text
//   !che  /!che     must not match          /che       the same as che
//   app=shop  -l app=shop,tier=web           label (the value may be half typed)
//   deploy/che  pod/  svc/  ns/shop          of this kind; in this namespace (several: any of them)
//   @prod           seen through this host or context
//   :8080           a port
// Pure; one thread.
#pragma once

#include "ui/connect/place.h"

#include <string>
#include <string_view>
#include <vector>

namespace podglass::connect {

// A place's texts made ready for searching, in lower case.
struct Searchable
{
    explicit Searchable(const Place& place);

    std::string name;
    std::string head;   // name, namespace, kind
    std::string tail;   // source, status, detail, ports, containers
    std::string labels; // as in Place
};

class PlaceQuery
{
public:
    explicit PlaceQuery(std::string_view text = {});

    // 0: no match; the higher the better.
    [[nodiscard]] int score(const Place& place, const Searchable& texts) const;

    [[nodiscard]] bool empty() const { return m_terms.empty() && m_namespaces.empty(); }

private:
    enum class Field : std::uint8_t
    {
        Any,
        Label,
        Kind,
        Source,
        Port,
    };

    struct Term
    {
        Field field = Field::Any;
        bool inverse = false;
        std::string text;
    };

    void addWord(std::string_view word);
    void addLabels(std::string_view list, bool inverse);
    static int score(const Term& term, const Place& place, const Searchable& texts);

    std::vector<Term> m_terms;
    std::vector<std::string> m_namespaces;
};

} // namespace podglass::connect
