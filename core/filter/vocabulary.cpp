// SPDX-License-Identifier: Apache-2.0
#include "core/filter/vocabulary.h"

namespace podglass::filter {

namespace {

constexpr std::array<std::string_view, fieldCount> fieldNames = {"method",
                                                                 "path",
                                                                 "query",
                                                                 "header",
                                                                 "host",
                                                                 "source",
                                                                 "port",
                                                                 "status",
                                                                 "duration",
                                                                 "size",
                                                                 "mode"};

constexpr std::array<std::string_view, operatorCount> operatorNames = {"is",
                                                                       "is not",
                                                                       "contains",
                                                                       "does not contain",
                                                                       "starts with",
                                                                       "ends with",
                                                                       "matches",
                                                                       "exists",
                                                                       "does not exist",
                                                                       "<",
                                                                       ">",
                                                                       "in"};

} // namespace

std::string_view fieldName(Field field)
{
    return fieldNames.at(static_cast<std::size_t>(field));
}

std::string_view operatorName(Operator op)
{
    return operatorNames.at(static_cast<std::size_t>(op));
}

bool takesName(Field field)
{
    return field == Field::Header || field == Field::Query;
}

bool takesValue(Operator op)
{
    return op != Operator::Exists && op != Operator::Absent;
}

bool isTextOperator(Operator op)
{
    return op <= Operator::Matches;
}

bool isNumeric(Field field)
{
    return field >= Field::Port && field <= Field::Size;
}

bool isViewOnly(Field field)
{
    return field >= Field::Status;
}

bool isNegative(Operator op)
{
    return op == Operator::IsNot || op == Operator::NotContains;
}

bool fits(Field field, Operator op)
{
    const bool presence = op == Operator::Exists || op == Operator::Absent;
    const bool order = op == Operator::Less || op == Operator::Greater;
    const bool equality = op == Operator::Is || op == Operator::IsNot;
    switch (field) {
    case Field::Method:
    case Field::Path:
    case Field::Mode:
        return isTextOperator(op);
    case Field::Host:
        return isTextOperator(op) || presence;
    case Field::Query:
    case Field::Header:
        return isTextOperator(op) || presence || order;
    case Field::Source:
        return isTextOperator(op) || op == Operator::InNetwork;
    case Field::Port:
        return equality || order;
    case Field::Status:
    case Field::Duration:
    case Field::Size:
        return equality || order || presence;
    }
    return false;
}

} // namespace podglass::filter
