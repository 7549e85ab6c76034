// SPDX-License-Identifier: Apache-2.0
// Reading JSON of which nothing is certain: a member that is missing or of another type reads as
// empty. Nothing throws.
#pragma once

#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace podglass::kubernetes {

// What is returned lives as long as `object`: not for temporaries.
inline const nlohmann::json& at(const nlohmann::json& object, std::string_view key)
{
    static const nlohmann::json none;
    if (!object.is_object())
        return none;
    const auto found = object.find(key);
    return found == object.end() ? none : *found;
}

inline std::string textAt(const nlohmann::json& object, std::string_view key)
{
    const auto& value = at(object, key);
    return value.is_string() ? value.get<std::string>() : std::string();
}

const nlohmann::json& at(nlohmann::json&&, std::string_view) = delete;

inline bool trueAt(const nlohmann::json& object, std::string_view key)
{
    const auto& value = at(object, key);
    return value.is_boolean() && value.get<bool>();
}

template <typename T>
T numberAt(const nlohmann::json& object, std::string_view key, T otherwise = 0)
{
    const auto& value = at(object, key);
    if (!value.is_number_integer())
        return otherwise;
    const auto number = value.get<std::int64_t>();
    return number >= 0
                   && static_cast<std::uint64_t>(number)
                          <= static_cast<std::uint64_t>(std::numeric_limits<T>::max())
               ? static_cast<T>(number)
               : otherwise;
}

} // namespace podglass::kubernetes
