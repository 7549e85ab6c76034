// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/connect/error_card.h"

#include "ui/theme/theme.h"

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
    , m_advice(new QLabel(this))
    , m_retry(new QPushButton(tr("Retry"), this))
    , m_copy(new QPushButton(tr("Copy details"), this))
    , m_back(new QPushButton(tr("Back"), this))
{
    setObjectName(QStringLiteral("errorCard"));
    setProperty("surface", "card");
    m_what->setProperty("tone", "heading");
    m_where->setProperty("tone", "muted");
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(theme::gapLarge, theme::gapLarge, theme::gapLarge, theme::gapLarge);
    column->setSpacing(theme::gap);
    for (auto* label : {m_what, m_where, m_advice}) {
        label->setTextFormat(Qt::PlainText);
        label->setWordWrap(true);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
        column->addWidget(label);
    }
    m_retry->setObjectName(QStringLiteral("errorRetry"));
    m_retry->setProperty("kind", "primary");
    m_copy->setObjectName(QStringLiteral("errorCopy"));
    m_back->setObjectName(QStringLiteral("errorBack"));
    auto* row = new QHBoxLayout;
    row->addWidget(m_copy);
    row->addStretch(1);
    row->addWidget(m_back);
    row->addWidget(m_retry);
    column->addLayout(row);
    QObject::connect(m_retry, &QPushButton::clicked, this, &ErrorCard::retryWanted);
    QObject::connect(m_back, &QPushButton::clicked, this, &ErrorCard::backWanted);
    QObject::connect(m_copy, &QPushButton::clicked, this, [this] {
        QApplication::clipboard()->setText(m_what->text() + u'\n' + m_where->text() + u'\n'
                                           + m_advice->text() + u'\n' + m_tried);
    });
    hide();
}

void ErrorCard::show(const base::Error& error)
{
    m_what->setText(sentence(error.what));
    m_where->setText(QString::fromStdString(error.where));
    m_where->setVisible(!error.where.empty());
    m_advice->setText(sentence(error.advice));
    m_advice->setVisible(!error.advice.empty());
    setAccessibleName(QString::fromStdString(error.text()));
    QWidget::show();
    m_retry->setFocus();
}

void ErrorCard::setTried(const QString& steps)
{
    m_tried = steps;
}

} // namespace podglass::connect
