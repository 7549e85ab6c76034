// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/colors.h"

#include <algorithm>
#include <cmath>

namespace podglass::theme {

namespace {

struct Entry
{
    Role role;
    QRgb light;
    QRgb dark;
};

constexpr QRgb rgb(unsigned hex)
{
    return 0xff000000U | hex;
}

// In the order of Role.
constexpr std::array table{
    Entry{Role::Window, rgb(0xf3f4f7), rgb(0x1c1f26)},
    Entry{Role::Panel, rgb(0xfafbfc), rgb(0x22262e)},
    Entry{Role::Base, rgb(0xffffff), rgb(0x171a20)},
    Entry{Role::Alternate, rgb(0xf8f9fb), rgb(0x1a1d24)},
    Entry{Role::Hover, rgb(0xedf0f5), rgb(0x2a2f39)},
    Entry{Role::Selection, rgb(0xdde9fc), rgb(0x26395a)},
    Entry{Role::SelectionInactive, rgb(0xe8ebf0), rgb(0x2b303a)},
    Entry{Role::Border, rgb(0xd9dde4), rgb(0x343a46)},
    Entry{Role::Text, rgb(0x1a1f29), rgb(0xe6e9ef)},
    Entry{Role::Muted, rgb(0x565f6d), rgb(0xa3acba)},
    Entry{Role::Accent, rgb(0x1f5fc4), rgb(0x83b4ff)},
    Entry{Role::AccentFill, rgb(0x2563c9), rgb(0x2d63bd)},
    Entry{Role::AccentText, rgb(0xffffff), rgb(0xffffff)},
    Entry{Role::Neutral, rgb(0x565f6d), rgb(0xa3acba)},
    Entry{Role::Success, rgb(0x136b30), rgb(0x63cc86)},
    Entry{Role::Redirect, rgb(0x1a5ab8), rgb(0x86b6ff)},
    Entry{Role::Warning, rgb(0x845200), rgb(0xeab54f)},
    Entry{Role::Failure, rgb(0xb31d28), rgb(0xff9494)},
    Entry{Role::Steal, rgb(0x845200), rgb(0xf0b849)},
    Entry{Role::Loss, rgb(0xb31d28), rgb(0xff9494)},
    Entry{Role::SuccessFill, rgb(0xe2f4e7), rgb(0x1c3325)},
    Entry{Role::InfoFill, rgb(0xe6effc), rgb(0x1f2d45)},
    Entry{Role::WarningFill, rgb(0xfff3d9), rgb(0x372c14)},
    Entry{Role::FailureFill, rgb(0xfde8e8), rgb(0x3a1f23)},
    Entry{Role::StealFill, rgb(0xfff0cc), rgb(0x3b2e10)},
    Entry{Role::LossFill, rgb(0xfde8e8), rgb(0x3a1f23)},
    Entry{Role::StealEdge, rgb(0xc47f00), rgb(0xe9a92c)},
    Entry{Role::Series1, rgb(0x2563c9), rgb(0x6ea6ff)},
    Entry{Role::Series2, rgb(0xc25e00), rgb(0xf0a04b)},
    Entry{Role::Series3, rgb(0x14803c), rgb(0x5bc980)},
    Entry{Role::Series4, rgb(0x8a3fbf), rgb(0xc792ee)},
    Entry{Role::Series5, rgb(0x00808a), rgb(0x4cc4cf)},
    Entry{Role::Series6, rgb(0xc0272d), rgb(0xff8585)},
};

static_assert(std::ranges::all_of(table, [index = 0](const Entry& entry) mutable {
    return static_cast<int>(entry.role) == index++;
}));

double luminance(const QColor& color)
{
    const auto linear = [](double channel) {
        return channel <= 0.04045 ? channel / 12.92 : std::pow((channel + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF())
           + 0.0722 * linear(color.blueF());
}

} // namespace

QColor color(Scheme scheme, Role role)
{
    const Entry& entry = table.at(static_cast<std::size_t>(role));
    return QColor::fromRgb(scheme == Scheme::Light ? entry.light : entry.dark);
}

QColor color(const QPalette& palette, Role role)
{
    return color(schemeOf(palette), role);
}

QPalette paletteFor(Scheme scheme)
{
    QPalette palette;
    const auto set = [&](QPalette::ColorRole where, Role role) {
        palette.setColor(where, color(scheme, role));
    };
    set(QPalette::Window, Role::Window);
    set(QPalette::WindowText, Role::Text);
    set(QPalette::Base, Role::Base);
    set(QPalette::AlternateBase, Role::Alternate);
    set(QPalette::Text, Role::Text);
    set(QPalette::Button, Role::Panel);
    set(QPalette::ButtonText, Role::Text);
    set(QPalette::BrightText, Role::Failure);
    set(QPalette::Highlight, Role::AccentFill);
    set(QPalette::HighlightedText, Role::AccentText);
    set(QPalette::Link, Role::Accent);
    set(QPalette::LinkVisited, Role::Accent);
    set(QPalette::ToolTipBase, Role::Panel);
    set(QPalette::ToolTipText, Role::Text);
    set(QPalette::PlaceholderText, Role::Muted);
    set(QPalette::Mid, Role::Border);
    set(QPalette::Midlight, Role::Hover);
    set(QPalette::Light, Role::Panel);
    set(QPalette::Dark, Role::Border);
    palette.setColor(QPalette::Shadow,
                     scheme == Scheme::Light ? QColor(150, 156, 166) : QColor(8, 9, 12));
    for (const auto role : {QPalette::Text, QPalette::WindowText, QPalette::ButtonText}) {
        QColor faded = color(scheme, Role::Muted);
        faded.setAlphaF(0.65F);
        palette.setColor(QPalette::Disabled, role, faded);
    }
    return palette;
}

Scheme schemeOf(const QPalette& palette)
{
    return palette.color(QPalette::Window).lightness() < 128 ? Scheme::Dark : Scheme::Light;
}

Role statusRole(int status)
{
    switch (status / 100) {
    case 2:
        return Role::Success;
    case 3:
        return Role::Redirect;
    case 4:
        return Role::Warning;
    case 5:
        return Role::Failure;
    default:
        return Role::Neutral;
    }
}

double contrast(const QColor& a, const QColor& b)
{
    const double first = luminance(a);
    const double second = luminance(b);
    return (std::max(first, second) + 0.05) / (std::min(first, second) + 0.05);
}

} // namespace podglass::theme
