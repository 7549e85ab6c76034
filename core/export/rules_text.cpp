// SPDX-License-Identifier: Apache-2.0
#include "core/export/rules_text.h"

namespace podglass::exporting {

std::string rulesText(const wire::Rules& rules, std::string_view target)
{
    std::string text = "Packet rules of this agent in " + std::string(target) + "\n\n";
    text += rules.own.empty() ? "none: it redirects nothing\n" : rules.own;
    text += "\nChains of other programs that may change the way of a connection\n\n";
    for (const std::string& line : rules.others)
        text += "  " + line + "\n";
    if (rules.others.empty())
        text += "  none\n";
    if (rules.notes.empty())
        return text;
    text += "\nNotes\n\n";
    for (const std::string& note : rules.notes)
        text += "- " + note + "\n";
    return text;
}

} // namespace podglass::exporting
