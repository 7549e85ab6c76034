// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/connect/error_card.h"

#include "ui/theme/icon.h"
#include "ui/theme/style_sheet.h"
#include "ui/theme/theme.h"

#include <algorithm>

#include <QApplication>
#include <QClipboard>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace podglass::connect {

namespace {

// Errors are written to stand inside a sentence.
QString sentence(const std::string& text)
{
    QString shown = QString::fromStdString(text);
    if (!shown.isEmpty())
        shown[0] = shown[0].toUpper();
    return shown;
}

} // namespace

ErrorCard::ErrorCard(QWidget* parent)
    : QFrame(parent)
    , m_what(new QLabel(this))
    , m_where(new QLabel(this))
    , m_why(new QLabel(this))
    , m_advice(new QLabel(this))
    , m_retry(new QPushButton(tr("Retry"), this))
    , m_copy(new QPushButton(tr("Copy details"), this))
    , m_back(new QPushButton(tr("Back"), this))
    , m_offer(new QPushButton(tr("Connect"), this))
{
    setObjectName(QStringLiteral("errorCard"));
    setProperty("surface", "card");
    m_what->setProperty("tone", "heading");
    m_where->setProperty("tone", "muted");
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(theme::gapLarge, theme::gapLarge, theme::gapLarge, theme::gapLarge);
    column->setSpacing(theme::gap);
    for (auto* label : {m_what, m_where, m_why, m_advice}) {
        label->setTextFormat(Qt::PlainText);
        label->setWordWrap(true);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
        column->addWidget(label);
    }
    m_why->setObjectName(QStringLiteral("errorWhy"));
    m_why->setFont(theme::monospace());
    m_offer->setObjectName(QStringLiteral("errorOffer"));
    m_retry->setObjectName(QStringLiteral("errorRetry"));
    m_copy->setObjectName(QStringLiteral("errorCopy"));
    m_back->setObjectName(QStringLiteral("errorBack"));
    auto* row = new QHBoxLayout;
    row->addWidget(m_copy);
    row->addStretch(1);
    row->addWidget(m_back);
    row->addWidget(m_retry);
    row->addWidget(m_offer);
    column->addLayout(row);
    QObject::connect(m_retry, &QPushButton::clicked, this, &ErrorCard::retryWanted);
    QObject::connect(m_offer, &QPushButton::clicked, this, &ErrorCard::offerTaken);
    QObject::connect(m_back, &QPushButton::clicked, this, &ErrorCard::backWanted);
    QObject::connect(m_copy, &QPushButton::clicked, this, [this] {
        QStringList parts;
        for (const QLabel* label : {m_what, m_where, m_why, m_advice})
            parts << label->text();
        parts << m_tried;
        parts.removeAll(QString());
        QApplication::clipboard()->setText(parts.join(u'\n'));
    });
    hide();
}

void ErrorCard::show(const base::Error& error, const QString& offer)
{
    const std::size_t end = std::min(error.what.find('\n'), error.what.size());
    m_what->setText(sentence(error.what.substr(0, end)));
    m_where->setText(QString::fromStdString(error.where));
    m_where->setVisible(!error.where.empty());
    m_why->setText(QString::fromStdString(error.what.substr(std::min(end + 1, error.what.size()))));
    m_why->setVisible(!m_why->text().isEmpty());
    m_advice->setText(sentence(error.advice));
    m_advice->setVisible(!error.advice.empty());
    m_offer->setText(offer);
    m_offer->setVisible(!offer.isEmpty());
    for (QPushButton* button : {m_retry, m_offer})
        theme::restyle(button, "kind", (button == m_offer) != offer.isEmpty() ? "primary" : "");
    setAccessibleName(QString::fromStdString(error.text()));
    QWidget::show();
    (offer.isEmpty() ? m_retry : m_offer)->setFocus();
}

void ErrorCard::setTried(const QString& steps)
{
    m_tried = steps;
}

} // namespace podglass::connect
