// SPDX-License-Identifier: GPL-3.0-or-later
// The menu of a row: copy, mark, filter like this. Rules are values; the shell decides what filter
// they go to.
#pragma once

#include "core/filter/filter.h"

#include "ui/models/exchange_detail.h"

#include <functional>
#include <vector>

class QMenu;

namespace podglass::views {

// The rules that describe a request: method, path without its query, host, and the headers that
// tell users apart (x-user-id, x-debug and the like).
std::vector<filter::Rule> rulesLike(const models::ExchangeDetail& detail);

// A rule in a few words: "method is POST".
QString ruleText(const filter::Rule& rule);

struct ExchangeMenuActions
{
    std::function<void()> copyUrl;
    std::function<void()> copyCurl;
    std::function<void(bool)> mark;
    std::function<void()> showConnection;
    std::function<void(std::vector<filter::Rule>)> filterView;
    std::function<void(std::vector<filter::Rule>)> filterSteal;
};

void fillExchangeMenu(QMenu& menu,
                      const models::ExchangeDetail& detail,
                      const ExchangeMenuActions& actions);

} // namespace podglass::views
