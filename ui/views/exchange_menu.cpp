// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/exchange_menu.h"

#include "ui/theme/icon.h"

#include <QCoreApplication>
#include <QMenu>

namespace podglass::views {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("menu", text);
}

bool tellsUsersApart(const QString& name)
{
    static const QStringList names{QStringLiteral("x-user-id"),
                                   QStringLiteral("x-user"),
                                   QStringLiteral("x-tenant"),
                                   QStringLiteral("x-tenant-id"),
                                   QStringLiteral("x-debug"),
                                   QStringLiteral("x-session-id"),
                                   QStringLiteral("baggage")};
    return names.contains(name, Qt::CaseInsensitive);
}

filter::Rule ruleFor(filter::Field field, const QString& value)
{
    filter::Rule rule;
    rule.field = field;
    rule.value = value.toStdString();
    return rule;
}

void addFilters(QMenu& menu,
                const std::vector<filter::Rule>& rules,
                const std::function<void(std::vector<filter::Rule>)>& apply)
{
    QObject::connect(
        menu.addAction(tr("All of these")), &QAction::triggered, &menu, [=] { apply(rules); });
    menu.addSeparator();
    for (const filter::Rule& rule : rules)
        QObject::connect(
            menu.addAction(ruleText(rule)), &QAction::triggered, &menu, [=] { apply({rule}); });
}

} // namespace

std::vector<filter::Rule> rulesLike(const models::ExchangeDetail& detail)
{
    std::vector<filter::Rule> rules;
    rules.push_back(ruleFor(filter::Field::Method, detail.method));
    rules.push_back(ruleFor(filter::Field::Path, detail.target.section(QLatin1Char('?'), 0, 0)));
    if (!detail.host.isEmpty())
        rules.push_back(ruleFor(filter::Field::Host, detail.host));
    for (const auto& [name, value] : detail.request.fields)
        if (tellsUsersApart(name)) {
            filter::Rule rule = ruleFor(filter::Field::Header, value);
            rule.name = name.toStdString();
            rules.push_back(rule);
        }
    return rules;
}

QString ruleText(const filter::Rule& rule)
{
    const QString value = QString::fromStdString(rule.value).left(60);
    switch (rule.field) {
    case filter::Field::Method:
        return tr("Method is %1").arg(value);
    case filter::Field::Path:
        return tr("Path is %1").arg(value);
    case filter::Field::Host:
        return tr("Host is %1").arg(value);
    case filter::Field::Header:
        return tr("%1 is %2").arg(QString::fromStdString(rule.name), value);
    default:
        return value;
    }
}

void fillExchangeMenu(QMenu& menu,
                      const models::ExchangeDetail& detail,
                      const ExchangeMenuActions& actions)
{
    const auto add = [&menu](const QString& icon, const QString& text, auto act) {
        QObject::connect(menu.addAction(theme::icon(icon), text), &QAction::triggered, &menu, act);
    };
    if (detail.loss)
        return;
    add(QStringLiteral("copy"), tr("Copy as cURL\tC"), actions.copyCurl);
    add(QStringLiteral("connect"), tr("Copy URL\tY"), actions.copyUrl);
    menu.addSeparator();
    add(QStringLiteral("mark"),
        detail.marked ? tr("Remove mark\tCtrl+M") : tr("Mark\tCtrl+M"),
        [mark = actions.mark, on = !detail.marked] { mark(on); });
    add(QStringLiteral("connections"), tr("Only this connection"), actions.showConnection);
    menu.addSeparator();
    const auto rules = rulesLike(detail);
    QMenu* view =
        menu.addMenu(theme::icon(QStringLiteral("filter")), tr("Show only requests like this"));
    addFilters(*view, rules, actions.filterView);
    QMenu* steal =
        menu.addMenu(theme::icon(QStringLiteral("steal")), tr("Steal requests like this"));
    addFilters(*steal, rules, actions.filterSteal);
}

} // namespace podglass::views
