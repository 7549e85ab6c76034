// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/delivery_dialog.h"

#include "ui/models/format.h"
#include "ui/shell/dialog_parts.h"
#include "ui/theme/theme.h"

#include <QComboBox>
#include <QCoreApplication>
#include <QFormLayout>
#include <QLabel>
#include <QPushButton>
#include <QSpinBox>
#include <QVBoxLayout>

namespace podglass::shell {

namespace {

constexpr std::uint64_t kibibyte = 1'024;
constexpr int mostKibibytes = 1 << 20; // 1 GiB
constexpr int mostConnections = 100'000;

QString tr(const char* text)
{
    return QCoreApplication::translate("delivery", text);
}

int kibibytes(std::uint64_t bytes)
{
    return static_cast<int>(std::min<std::uint64_t>(bytes / kibibyte, mostKibibytes));
}

QString limitText(std::uint64_t bytes)
{
    return tr("%1 KiB").arg(models::count(bytes / kibibyte));
}

} // namespace

QString deliveryText(const wire::SetDelivery& wish)
{
    QStringList parts;
    if (wish.oneConnectionIn > 1)
        parts << tr("sampling 1 in %1 connections").arg(models::count(wish.oneConnectionIn));
    const auto [request, response] = wish.bodyLimits;
    if (request != 0 && request == response)
        parts << tr("bodies cut at %1").arg(limitText(request));
    else if (request != 0)
        parts << tr("request bodies cut at %1").arg(limitText(request));
    if (response != 0 && request != response)
        parts << tr("response bodies cut at %1").arg(limitText(response));
    if (wish.bytesPerSecond != 0)
        parts << tr("at most %1 a second").arg(limitText(wish.bytesPerSecond));
    if (wish.onLag == wire::OnLag::CloseConnection)
        parts << tr("connections closed here on lag");
    return parts.join(QStringLiteral(", "));
}

DeliveryDialog::DeliveryDialog(const wire::SetDelivery& now, QWidget* parent)
    : QDialog(parent)
    , m_request(number("deliveryRequest", tr("as the agent has it"), tr(" KiB"), mostKibibytes))
    , m_response(number("deliveryResponse", tr("as the agent has it"), tr(" KiB"), mostKibibytes))
    , m_sample(number("deliverySample", tr("all of them"), QString(), mostConnections))
    , m_rate(number("deliveryRate", tr("no cap"), tr(" KiB a second"), mostKibibytes))
    , m_lag(new QComboBox(this))
{
    setWindowTitle(tr("What is delivered"));
    m_lag->setObjectName(QStringLiteral("deliveryLag"));
    m_lag->addItem(tr("say what is missing, and go on"));
    m_lag->addItem(tr("close the connection here"));
    m_request->setValue(kibibytes(now.bodyLimits[0]));
    m_response->setValue(kibibytes(now.bodyLimits[1]));
    m_sample->setValue(
        static_cast<int>(std::min<std::uint32_t>(now.oneConnectionIn, mostConnections)));
    m_rate->setValue(kibibytes(now.bytesPerSecond));
    m_lag->setCurrentIndex(now.onLag == wire::OnLag::CloseConnection ? 1 : 0);
    auto* why = mutedText(tr("For this window only; what other users of the agent get does not "
                             "change. What is left out is counted, and said in the status line."),
                          this);
    QFormLayout* form = dialogForm();
    form->addRow(tr("Each request body"), m_request);
    form->addRow(tr("Each response body"), m_response);
    form->addRow(tr("One connection in"), m_sample);
    form->addRow(tr("Rate"), m_rate);
    form->addRow(tr("When this window is too slow"), m_lag);
    auto* buttons = dialogButtons(
        QDialogButtonBox::Ok | QDialogButtonBox::Cancel | QDialogButtonBox::Reset, this);
    buttons->button(QDialogButtonBox::Ok)->setText(tr("Apply"));
    buttons->button(QDialogButtonBox::Reset)->setText(tr("Deliver everything"));
    connect(buttons->button(QDialogButtonBox::Reset), &QPushButton::clicked, this, [this] {
        for (QSpinBox* box : {m_request, m_response, m_sample, m_rate})
            box->setValue(0);
        m_lag->setCurrentIndex(0);
        accept();
    });
    auto* layout = dialogColumn(this);
    layout->setSpacing(theme::gapLarge);
    layout->addWidget(why);
    layout->addLayout(form);
    layout->addWidget(buttons);
    m_request->selectAll(); // typing replaces it
    fitToWidth(this, 460);
    for (int row = 0; row < form->rowCount(); ++row) {
        QWidget* field = form->itemAt(row, QFormLayout::FieldRole)->widget();
        const auto* label =
            qobject_cast<QLabel*>(form->itemAt(row, QFormLayout::LabelRole)->widget());
        field->setAccessibleName(label->text());
    }
}

QSpinBox*
DeliveryDialog::number(const char* name, const QString& none, const QString& unit, int most)
{
    auto* box = new QSpinBox(this);
    box->setObjectName(QLatin1String(name));
    box->setRange(0, most);
    box->setSpecialValueText(none); // of 0
    box->setSuffix(unit);
    box->setButtonSymbols(QAbstractSpinBox::NoButtons); // numbers to type
    box->setGroupSeparatorShown(true);
    return box;
}

wire::SetDelivery DeliveryDialog::wish() const
{
    wire::SetDelivery wish;
    wish.bodyLimits = {static_cast<std::uint64_t>(m_request->value()) * kibibyte,
                       static_cast<std::uint64_t>(m_response->value()) * kibibyte};
    wish.oneConnectionIn = static_cast<std::uint32_t>(m_sample->value());
    wish.bytesPerSecond = static_cast<std::uint64_t>(m_rate->value()) * kibibyte;
    wish.onLag =
        m_lag->currentIndex() == 1 ? wire::OnLag::CloseConnection : wire::OnLag::MarkAndGoOn;
    return wish;
}

} // namespace podglass::shell
