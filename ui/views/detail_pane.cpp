// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/detail_pane.h"

#include "ui/theme/icon.h"
#include "ui/theme/style_sheet.h"
#include "ui/theme/theme.h"
#include "ui/views/empty_state.h"
#include "ui/views/message_view.h"
#include "ui/views/timing_bar.h"

#include <QButtonGroup>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QSplitter>
#include <QStackedWidget>
#include <QToolButton>
#include <QVBoxLayout>

namespace podglass::views {

namespace {

constexpr int narrowBelow = 560;
constexpr int lowBelow = 320;

QLabel* plainLabel(QWidget* parent, const char* tone)
{
    auto* label = new QLabel(parent);
    label->setTextFormat(Qt::PlainText);
    label->setProperty("tone", QLatin1String(tone));
    label->setMinimumWidth(0);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    return label;
}

} // namespace

DetailPane::DetailPane(QWidget* parent)
    : QWidget(parent)
    , m_stack(new QStackedWidget(this))
    , m_empty(new EmptyState(this))
    , m_status(plainLabel(this, "heading"))
    , m_title(plainLabel(this, "heading"))
    , m_facts(plainLabel(this, "muted"))
    , m_badge(plainLabel(this, "steal"))
    , m_warning(plainLabel(this, "warning"))
    , m_connection(new QPushButton(this))
    , m_secrets(new QToolButton(this))
    , m_copy(new QToolButton(this))
    , m_timing(new TimingBar(this))
    , m_sides(new QWidget(this))
    , m_sideButtons(new QButtonGroup(this))
    , m_splitter(new QSplitter(Qt::Horizontal, this))
    , m_request(new MessageView(tr("Request"), this))
    , m_response(new MessageView(tr("Response"), this))
{
    auto* page = new QWidget(this);
    page->setProperty("surface", QStringLiteral("base"));
    page->setAttribute(Qt::WA_StyledBackground);
    auto* inner = new QVBoxLayout(page);
    inner->setContentsMargins(0, 0, 0, 0);
    inner->setSpacing(0);
    inner->addWidget(makeHead());
    inner->addWidget(makeMessages(), 1);
    m_stack->addWidget(m_empty);
    m_stack->addWidget(page);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_stack);
    for (MessageView* side : {m_request, m_response})
        connect(side, &MessageView::filterRequested, this, &DetailPane::headerFilterRequested);
    connect(m_connection, &QPushButton::clicked, this, [this] {
        emit connectionRequested(m_detail.connection);
    });
    connect(m_secrets, &QToolButton::toggled, this, &DetailPane::setReveal);
    connect(m_copy, &QToolButton::clicked, this, &DetailPane::copyCurlRequested);
    setDetail({});
}

QWidget* DetailPane::makeHead()
{
    m_title->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_facts->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_warning->setWordWrap(true);
    m_connection->setProperty("kind", QStringLiteral("link"));
    m_connection->setObjectName(QStringLiteral("detailConnection"));
    m_secrets->setObjectName(QStringLiteral("revealSecrets"));
    m_secrets->setIcon(theme::icon(QStringLiteral("eye")));
    m_secrets->setCheckable(true);
    m_secrets->setToolTip(tr("Show secrets (authorization, cookies, keys)"));
    m_secrets->setAccessibleName(tr("Show secrets"));
    m_copy->setObjectName(QStringLiteral("copyCurl"));
    m_copy->setIcon(theme::icon(QStringLiteral("copy")));
    m_copy->setToolTip(tr("Copy as cURL (c)"));
    m_copy->setAccessibleName(tr("Copy as cURL"));

    auto* head = new QWidget(this);
    head->setProperty("surface", QStringLiteral("panel"));
    head->setAttribute(Qt::WA_StyledBackground);
    auto* first = new QHBoxLayout;
    first->setSpacing(theme::gap);
    first->addWidget(m_status);
    first->addWidget(m_title, 1);
    first->addWidget(m_badge);
    first->addWidget(m_secrets);
    first->addWidget(m_copy);
    auto* second = new QHBoxLayout;
    second->setSpacing(theme::gap);
    second->addWidget(m_facts, 1);
    second->addWidget(m_connection);
    auto* layout = new QVBoxLayout(head);
    layout->setContentsMargins(theme::gap + theme::gapSmall, theme::gap, theme::gap, theme::gap);
    layout->setSpacing(theme::gapSmall);
    layout->addLayout(first);
    layout->addLayout(second);
    layout->addWidget(m_timing);
    layout->addWidget(m_warning);
    return head;
}

QWidget* DetailPane::makeMessages()
{
    auto* row = new QHBoxLayout(m_sides);
    row->setContentsMargins(theme::gap, theme::gap, theme::gap, 0);
    row->setSpacing(0);
    const QString names[2] = {tr("Request"), tr("Response")};
    for (int side = 0; side < 2; ++side) {
        auto* button = new QToolButton(m_sides);
        button->setText(names[side]);
        button->setCheckable(true);
        button->setProperty("segment",
                            side == 0 ? QStringLiteral("first") : QStringLiteral("last"));
        button->setObjectName(side == 0 ? QStringLiteral("sideRequest")
                                        : QStringLiteral("sideResponse"));
        m_sideButtons->addButton(button, side);
        row->addWidget(button);
    }
    row->addStretch();
    m_sideButtons->button(m_side)->setChecked(true);
    connect(m_sideButtons, &QButtonGroup::idClicked, this, &DetailPane::showSide);

    m_splitter->setObjectName(QStringLiteral("messages"));
    m_splitter->setChildrenCollapsible(false);
    m_splitter->setHandleWidth(1);
    m_splitter->addWidget(m_request);
    m_splitter->addWidget(m_response);
    m_splitter->setSizes({1000, 1000});
    auto* all = new QWidget(this);
    auto* layout = new QVBoxLayout(all);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_sides);
    layout->addWidget(m_splitter, 1);
    return all;
}

void DetailPane::setDetail(const models::ExchangeDetail& detail)
{
    m_detail = detail;
    if (detail.number == 0 || detail.loss) {
        m_empty->show(detail.loss ? QStringLiteral("lost") : QStringLiteral("search"),
                      detail.loss ? tr("Something is missing here") : tr("No request selected"),
                      detail.loss ? detail.lossText
                                  : tr("Select a request to see its headers, bodies and timing."));
        m_stack->setCurrentIndex(0);
        return;
    }
    m_stack->setCurrentIndex(1);
    render();
}

void DetailPane::render()
{
    using theme::Role;
    const Role role = theme::statusRole(m_detail.status);
    m_status->setText(m_detail.status != 0 ? QString::number(m_detail.status)
                                           : QStringLiteral("\u2026"));
    QPalette colours = m_status->palette();
    colours.setColor(QPalette::WindowText, theme::color(palette(), role));
    m_status->setPalette(colours);
    m_title->setText(m_detail.method + QLatin1Char(' ') + m_detail.target);
    m_title->setToolTip(m_detail.url);
    QStringList facts{tr("#%1").arg(m_detail.number), m_detail.started};
    if (!m_detail.client.isEmpty())
        facts << tr("%1 → %2").arg(m_detail.client, m_detail.server);
    m_facts->setText(facts.join(QStringLiteral("  ·  ")));
    m_facts->setToolTip(m_facts->text());
    m_connection->setVisible(height() >= lowBelow && m_detail.connection != 0);
    m_connection->setText(tr("Connection %1").arg(m_detail.connection));
    m_connection->setToolTip(tr("Show only requests of this connection"));
    m_timing->setDetail(m_detail);
    m_timing->setVisible(height() >= lowBelow && m_detail.timed);
    renderBadges();
    const QString dropped =
        m_detail.bytesDropped
            ? tr("Headers and body were dropped to stay within the memory budget. Mark rows "
                 "(Ctrl+M) to keep them longest.")
            : QString();
    m_request->setMessage(
        m_detail.request, dropped.isEmpty() ? tr("The request was not seen.") : dropped, m_reveal);
    m_response->setMessage(m_detail.response,
                           !dropped.isEmpty() ? dropped
                           : m_detail.state.isEmpty()
                               ? tr("The response was not seen.")
                               : tr("No response yet: %1.").arg(m_detail.state),
                           m_reveal);
}

void DetailPane::renderBadges()
{
    m_badge->setText(m_detail.mode);
    theme::restyle(m_badge,
                   "tone",
                   m_detail.stolen                   ? QStringLiteral("steal")
                   : m_detail.takerProblem.isEmpty() ? QStringLiteral("muted")
                                                     : QStringLiteral("loss"));
    QStringList warnings;
    if (!m_detail.takerProblem.isEmpty())
        warnings << tr("The taker could not answer: %1").arg(m_detail.takerProblem);
    if (!m_detail.state.isEmpty() && m_detail.response.seen)
        warnings << tr("State: %1").arg(m_detail.state);
    m_warning->setText(warnings.join(QLatin1Char('\n')));
    m_warning->setVisible(!warnings.isEmpty());
}

void DetailPane::setReveal(bool reveal)
{
    m_reveal = reveal;
    m_secrets->setIcon(theme::icon(reveal ? QStringLiteral("eye-off") : QStringLiteral("eye")));
    if (m_detail.number != 0 && !m_detail.loss)
        render();
}

void DetailPane::showSide(int side)
{
    m_side = side;
    m_sideButtons->button(side)->setChecked(true);
    m_request->setVisible(!m_narrow || side == 0);
    m_response->setVisible(!m_narrow || side == 1);
}

void DetailPane::focusRequest()
{
    showSide(0);
    m_request->focusTabs();
}

void DetailPane::focusResponse()
{
    showSide(1);
    m_response->focusTabs();
}

void DetailPane::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    m_narrow = width() < narrowBelow;
    // In a short pane the messages need the room more than the facts.
    const bool low = height() < lowBelow;
    m_facts->setVisible(!low);
    m_connection->setVisible(!low && m_detail.connection != 0);
    m_timing->setVisible(!low && m_detail.timed);
    m_request->setCompact(low);
    m_response->setCompact(low);
    m_sides->setVisible(m_narrow);
    showSide(m_side);
}

} // namespace podglass::views
