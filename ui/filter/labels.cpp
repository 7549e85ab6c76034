// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/filter/labels.h"

#include "core/filter/vocabulary.h"

#include <array>

#include <QCoreApplication>

namespace podglass::ui {

using filter::Field;
using filter::GroupKind;
using filter::Operator;

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("FilterLabels", text);
}

} // namespace

QString fieldLabel(Field field)
{
    static constexpr std::array<const char*, filter::fieldCount> names = {
        QT_TRANSLATE_NOOP("FilterLabels", "Method"),
        QT_TRANSLATE_NOOP("FilterLabels", "Path"),
        QT_TRANSLATE_NOOP("FilterLabels", "Query"),
        QT_TRANSLATE_NOOP("FilterLabels", "Header"),
        QT_TRANSLATE_NOOP("FilterLabels", "Host"),
        QT_TRANSLATE_NOOP("FilterLabels", "Source"),
        QT_TRANSLATE_NOOP("FilterLabels", "Port"),
        QT_TRANSLATE_NOOP("FilterLabels", "Status"),
        QT_TRANSLATE_NOOP("FilterLabels", "Duration"),
        QT_TRANSLATE_NOOP("FilterLabels", "Size"),
        QT_TRANSLATE_NOOP("FilterLabels", "Mode")};
    return tr(names.at(static_cast<std::size_t>(field)));
}

QString operatorLabel(Operator op)
{
    static constexpr std::array<const char*, filter::operatorCount> names = {
        QT_TRANSLATE_NOOP("FilterLabels", "is"),
        QT_TRANSLATE_NOOP("FilterLabels", "is not"),
        QT_TRANSLATE_NOOP("FilterLabels", "contains"),
        QT_TRANSLATE_NOOP("FilterLabels", "does not contain"),
        QT_TRANSLATE_NOOP("FilterLabels", "starts with"),
        QT_TRANSLATE_NOOP("FilterLabels", "ends with"),
        QT_TRANSLATE_NOOP("FilterLabels", "matches (regex)"),
        QT_TRANSLATE_NOOP("FilterLabels", "exists"),
        QT_TRANSLATE_NOOP("FilterLabels", "does not exist"),
        QT_TRANSLATE_NOOP("FilterLabels", "is below"),
        QT_TRANSLATE_NOOP("FilterLabels", "is above"),
        QT_TRANSLATE_NOOP("FilterLabels", "is in network")};
    return tr(names.at(static_cast<std::size_t>(op)));
}

QString operatorTip(Operator op)
{
    switch (op) {
    case Operator::IsNot:
        return tr("There is a value, and none of the values is this one.\n"
                  "To take requests without it as well, use \"is\" in a group of kind none.");
    case Operator::NotContains:
        return tr("There is a value, and none of the values contains this.\n"
                  "To take requests without it as well, use \"contains\" in a group of kind none.");
    case Operator::Matches:
        return tr("Regular expression (RE2 syntax), found anywhere unless tied with ^ and $");
    case Operator::InNetwork:
        return tr("An address or a network like 10.0.0.0/8");
    default:
        return {};
    }
}

QString groupLabel(GroupKind kind)
{
    switch (kind) {
    case GroupKind::All:
        return tr("all of these are true");
    case GroupKind::Any:
        return tr("any of these is true");
    case GroupKind::Not:
        return tr("none of these is true");
    }
    return {};
}

QString namePlaceholder(Field field)
{
    return field == Field::Header ? tr("header name") : tr("parameter");
}

QString valuePlaceholder(Field field, Operator op)
{
    if (op == Operator::Matches)
        return tr("pattern");
    switch (field) {
    case Field::Source:
        return op == Operator::InNetwork ? tr("10.0.0.0/8") : tr("address");
    case Field::Duration:
        return tr("milliseconds");
    case Field::Size:
        return tr("bytes");
    case Field::Path:
        return tr("/path");
    default:
        return tr("value");
    }
}

std::vector<Field> fieldsFor(filter::Use use)
{
    std::vector<Field> fields = {Field::Header,
                                 Field::Path,
                                 Field::Method,
                                 Field::Query,
                                 Field::Host,
                                 Field::Source,
                                 Field::Port};
    if (use == filter::Use::View)
        fields.insert(fields.end(), {Field::Status, Field::Duration, Field::Size, Field::Mode});
    return fields;
}

std::vector<Operator> operatorsFor(Field field)
{
    std::vector<Operator> operators;
    for (const Operator op : {Operator::Is,
                              Operator::IsNot,
                              Operator::Contains,
                              Operator::NotContains,
                              Operator::StartsWith,
                              Operator::EndsWith,
                              Operator::Exists,
                              Operator::Absent,
                              Operator::Less,
                              Operator::Greater,
                              Operator::InNetwork,
                              Operator::Matches}) {
        if (filter::fits(field, op))
            operators.push_back(op);
    }
    return operators;
}

} // namespace podglass::ui
