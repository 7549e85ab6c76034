// SPDX-License-Identifier: Apache-2.0
#include "core/session/helper_lines.h"

#include <nlohmann/json.hpp>
#include <string.h> // explicit_bzero is not in <cstring>

namespace podglass::session {

using nlohmann::json;

namespace {

// The value of a member if it is there and of the right kind, else the default.
template <typename T>
T member(const json& object, const char* name, T otherwise)
{
    const auto found = object.find(name);
    if (found == object.end())
        return otherwise;
    if constexpr (std::is_same_v<T, std::string>)
        return found->is_string() ? found->get<std::string>() : otherwise;
    else if constexpr (std::is_same_v<T, bool>)
        return found->is_boolean() ? found->get<bool>() : otherwise;
    else
        return found->is_number_unsigned() ? found->get<T>() : otherwise;
}

Step readStep(const json& object)
{
    Step step;
    step.id = member<std::uint32_t>(object, "id", 0);
    step.text = member<std::string>(object, "text", {});
    step.detail = member<std::string>(object, "detail", {});
    step.milliseconds = static_cast<std::int64_t>(member<std::uint32_t>(object, "ms", 0));
    const auto state = member<std::string>(object, "state", {});
    step.state = state == "done"      ? StepState::Done
                 : state == "warning" ? StepState::Warning
                 : state == "failed"  ? StepState::Failed
                                      : StepState::Running;
    return step;
}

Prompt readPrompt(const json& object)
{
    Prompt prompt;
    prompt.id = member<std::uint32_t>(object, "id", 0);
    prompt.title = member<std::string>(object, "title", {});
    prompt.text = member<std::string>(object, "text", {});
    const auto kind = member<std::string>(object, "kind", {});
    prompt.kind = kind == "hostkey"      ? PromptKind::HostKey
                  : kind == "passphrase" ? PromptKind::Passphrase
                  : kind == "question"   ? PromptKind::Question
                                         : PromptKind::Password;
    return prompt;
}

Loss readError(const json& object)
{
    Loss loss;
    loss.error.what = member<std::string>(object, "what", {});
    loss.error.where = member<std::string>(object, "where", {});
    loss.error.advice = member<std::string>(object, "advice", {});
    loss.error.lasting =
        member(object, "lasting", true) ? base::Lasting::Persistent : base::Lasting::Transient;
    const auto kind = member<std::string>(object, "kind", {});
    loss.fault = kind == "hostkey"   ? Fault::HostKey
                 : kind == "auth"    ? Fault::Auth
                 : kind == "network" ? Fault::Network
                 : kind == "remote"  ? Fault::Remote
                                     : Fault::Setup;
    const auto elsewhere = member<std::string>(object, "switch", {});
    loss.toSystemSsh = elsewhere == "yes"    ? Switch::Yes
                       : elsewhere == "keys" ? Switch::Keys
                                             : Switch::No;
    return loss;
}

} // namespace

HelperLine parseHelperLine(std::string_view line)
{
    const json value = json::parse(line, nullptr, false);
    if (!value.is_object())
        return Nothing{};
    const auto part = [&](const char* name) {
        const auto found = value.find(name);
        return found != value.end() && found->is_object() ? *found : json();
    };
    if (const json step = part("step"); step.is_object())
        return readStep(step);
    if (const json prompt = part("prompt"); prompt.is_object())
        return readPrompt(prompt);
    if (const json error = part("error"); error.is_object())
        return readError(error);
    if (member(value, "live", false))
        return Reached{};
    return Nothing{};
}

std::string answerLine(std::uint32_t prompt, const std::optional<std::string>& text)
{
    std::string line = "{\"answer\":" + std::to_string(prompt);
    if (!text)
        return line + ",\"cancel\":true}\n";
    constexpr std::string_view digits = "0123456789abcdef";
    line.reserve(line.size() + 2 * text->size() + 16); // no copy is left behind by growing
    line += ",\"hex\":\"";
    for (const char c : *text) {
        line += digits[static_cast<unsigned char>(c) >> 4];
        line += digits[static_cast<unsigned char>(c) & 15];
    }
    line += "\"}\n";
    return line;
}

void wipe(std::string& text)
{
    ::explicit_bzero(text.data(), text.size());
    text.clear();
}

} // namespace podglass::session
