// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/filter/number_labels.h"

#include "ui/theme/style_sheet.h"

#include <QCoreApplication>
#include <QLocale>

namespace podglass::ui {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("FilterNumbers", text);
}

QString effectText(std::int64_t effect)
{
    const QString number = QLocale().toString(qlonglong(effect < 0 ? -effect : effect));
    return effect > 0 ? u'+' + number : effect < 0 ? QChar(0x2212) + number : number;
}

QString effectTip(std::int64_t effect)
{
    const QString number = QLocale().toString(qlonglong(effect < 0 ? -effect : effect));
    if (effect > 0)
        return tr("%1 requests match only because of this row").arg(number);
    if (effect < 0)
        return tr("%1 more requests would match without this row").arg(number);
    return tr("Changes nothing: without this row the same requests match");
}

} // namespace

QLabel* makeNumberLabel(QWidget* parent)
{
    auto* label = new QLabel(parent);
    label->setTextFormat(Qt::PlainText);
    label->setFixedWidth(numberWidth);
    label->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    return label;
}

void showNumbers(QLabel* matches, QLabel* effect, const filter::Count* count, bool stale)
{
    if (count == nullptr) {
        matches->clear();
        effect->clear();
        effect->setToolTip({});
        return;
    }
    matches->setText(QLocale().toString(qulonglong(count->met)));
    matches->setToolTip(tr("Requests of the sample for which this row alone is true"));
    effect->setText(effectText(count->effect));
    effect->setToolTip(effectTip(count->effect));
    const QString dim = QStringLiteral("muted");
    theme::restyle(matches, "tone", stale || count->met == 0 ? dim : QString());
    theme::restyle(effect, "tone", stale || count->effect == 0 ? dim : QStringLiteral("strong"));
}

} // namespace podglass::ui
