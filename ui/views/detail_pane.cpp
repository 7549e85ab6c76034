// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/detail_pane.h"

#include "ui/theme/icon.h"
#include "ui/theme/style_sheet.h"
#include "ui/theme/theme.h"
#include "ui/views/connection_view.h"
#include "ui/views/empty_state.h"
#include "ui/views/message_list.h"
#include "ui/views/message_view.h"
#include "ui/views/timing_bar.h"

#include <QButtonGroup>
#include <QHBoxLayout>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSplitter>
#include <QStackedWidget>
#include <QToolButton>
#include <QVBoxLayout>

namespace podglass::views {

namespace {

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
    , m_parts(new QStackedWidget(this))
    , m_splitter(new QSplitter(Qt::Horizontal, this))
    , m_messageList(new MessageList(m_messages, this))
    , m_connectionView(new ConnectionView(this))
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
    connect(
        m_connectionView, &ConnectionView::saveRequested, this, &DetailPane::saveStreamRequested);
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
    m_first = new QHBoxLayout;
    m_first->setSpacing(theme::gap);
    m_first->addWidget(m_status);
    m_first->addWidget(m_title, 1);
    m_first->addWidget(m_badge);
    m_first->addWidget(m_secrets);
    m_first->addWidget(m_copy);
    m_second = new QHBoxLayout;
    m_second->setSpacing(theme::gap);
    m_second->addWidget(m_facts, 1);
    m_second->addWidget(m_connection);
    auto* layout = new QVBoxLayout(head);
    layout->setContentsMargins(theme::gap + theme::gapSmall, theme::gap, theme::gap, theme::gap);
    layout->setSpacing(theme::gapSmall);
    layout->addLayout(m_first);
    layout->addLayout(m_second);
    layout->addWidget(m_timing);
    layout->addWidget(m_warning);
    m_head = layout;
    return head;
}

QWidget* DetailPane::makeMessages()
{
    auto* row = new QHBoxLayout(m_sides);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    m_sides->setContentsMargins(sidesMargins(false));
    const std::array<std::pair<QString, const char*>, 4> buttons{
        std::pair{tr("Messages"), "sideMessages"},
        std::pair{tr("Request"), "sideRequest"},
        std::pair{tr("Response"), "sideResponse"},
        std::pair{tr("Connection"), "sideConnection"}};
    for (int part = 0; part < static_cast<int>(buttons.size()); ++part) {
        const auto& [text, name] = buttons.at(static_cast<std::size_t>(part));
        auto* button = new QToolButton(m_sides);
        button->setText(text);
        button->setCheckable(true);
        button->setObjectName(QLatin1String(name));
        m_sideButtons->addButton(button, part);
        row->addWidget(button);
    }
    row->addStretch();
    connect(m_sideButtons, &QButtonGroup::idClicked, this, [this](int part) {
        m_partByUser = true;
        showPart(part);
    });

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
    m_under = layout;
    m_parts->addWidget(m_messageList);
    m_parts->addWidget(m_splitter);
    m_parts->addWidget(m_connectionView);
    layout->addWidget(m_parts, 1);
    return all;
}

void DetailPane::setDetail(const models::ExchangeDetail& detail)
{
    const bool other = detail.number != m_detail.number;
    const bool turned =
        detail.messages != m_detail.messages || detail.connectionOnly != m_detail.connectionOnly;
    m_detail = detail;
    if (other || turned)
        choosePart();
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

// By the style sheet, so that it follows a change of theme.
void DetailPane::colourStatus()
{
    using theme::Role;
    Role role = theme::statusRole(m_detail.status);
    const bool grpc = !m_detail.statusText.isEmpty() && !m_detail.statusText.at(0).isDigit();
    if (grpc)
        role = m_detail.statusGood ? Role::Success : Role::Failure;
    const QString outcome = role == Role::Success    ? QStringLiteral("success")
                            : role == Role::Redirect ? QStringLiteral("redirect")
                            : role == Role::Warning  ? QStringLiteral("warning")
                            : role == Role::Failure  ? QStringLiteral("failure")
                                                     : QString();
    theme::restyle(m_status, "outcome", outcome);
}

void DetailPane::render()
{
    m_status->setText(m_detail.connectionOnly ? m_detail.kind
                      : m_detail.statusText.isEmpty()
                          ? (m_detail.open ? QStringLiteral("\u2026") : QString())
                          : m_detail.statusText);
    colourStatus();
    const bool plain = m_detail.kind.isEmpty();
    m_title->setText(m_detail.connectionOnly ? m_detail.target
                     : plain                 ? m_detail.method + QLatin1Char(' ') + m_detail.target
                                             : m_detail.kind + QLatin1Char(' ') + m_detail.target);
    m_title->setToolTip(m_detail.url);
    QStringList facts{tr("#%1").arg(m_detail.ordinal), m_detail.started};
    if (!m_detail.client.isEmpty())
        facts << tr("%1 → %2").arg(m_detail.client, m_detail.server);
    m_facts->setText(facts.join(QStringLiteral("  ·  ")));
    m_facts->setToolTip(m_facts->text());
    m_status->setVisible(!m_status->text().isEmpty());
    m_copy->setVisible(!m_detail.connectionOnly);
    m_secrets->setVisible(!m_detail.connectionOnly);
    m_connection->setVisible(!low() && m_detail.connection != 0);
    m_connection->setText(tr("Connection %1").arg(m_detail.connectionOrdinal));
    m_connection->setToolTip(tr("Show only requests of this connection"));
    m_timing->setDetail(m_detail);
    m_timing->setVisible(!low() && m_detail.timed);
    renderBadges();
    const QString dropped =
        m_detail.bytesDropped
            ? tr("Headers and body were dropped to stay within the memory budget. Mark rows "
                 "(Ctrl+M) to keep them longest.")
            : QString();
    m_request->setMessage(
        m_detail.request, dropped.isEmpty() ? tr("The request was not seen.") : dropped, m_reveal);
    m_response->setMessage(m_detail.response,
                           !dropped.isEmpty()              ? dropped
                           : m_detail.noResponse.isEmpty() ? tr("The response was not seen.")
                                                           : m_detail.noResponse,
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
    warnings << m_detail.oddities;
    m_warning->setText(warnings.join(QStringLiteral("   \u00b7   ")));
    m_warning->setVisible(!warnings.isEmpty());
}

void DetailPane::setReveal(bool reveal)
{
    m_reveal = reveal;
    m_secrets->setIcon(theme::icon(reveal ? QStringLiteral("eye-off") : QStringLiteral("eye")));
    if (m_detail.number != 0 && !m_detail.loss)
        render();
}

void DetailPane::setConnection(const models::ConnectionDetail& connection)
{
    m_connectionView->setDetail(connection);
}

void DetailPane::showStream()
{
    if (m_detail.number == 0 || m_detail.loss)
        return;
    m_partByUser = true;
    showPart(Connection);
}

void DetailPane::setTextZoom(int steps)
{
    constexpr int least = -4;
    constexpr int most = 16;
    m_zoom = std::clamp(steps, least, most);
    QFont font = theme::monospace();
    font.setPointSizeF(font.pointSizeF() + m_zoom);
    for (QPlainTextEdit* text : findChildren<QPlainTextEdit*>())
        text->setFont(font);
}

void DetailPane::find(int direction)
{
    if (m_part == Messages)
        m_messageList->find(direction);
    else if (m_part == Connection)
        m_connectionView->find(direction);
    else if (m_part == Request && (m_narrow || m_request->isAncestorOf(focusWidget())))
        m_request->find(direction);
    else
        m_response->find(direction);
}

void DetailPane::focusRequest()
{
    showPart(Request);
    m_request->focusTabs();
}

void DetailPane::focusResponse()
{
    showPart(Response);
    m_response->focusTabs();
}

} // namespace podglass::views
