// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/list_page.h"

#include "core/session/ports.h"

#include "ui/models/connection_detail.h"
#include "ui/models/describe.h"
#include "ui/models/exchange_detail.h"
#include "ui/models/format.h"
#include "ui/views/detail_pane.h"
#include "ui/views/empty_state.h"
#include "ui/views/exchange_list.h"

#include <QFileDialog>
#include <QMessageBox>
#include <QSaveFile>
#include <QSplitter>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace podglass::shell {

namespace {

constexpr int wideFrom = 1400;

} // namespace

ListPage::ListPage(Workspace& work, QWidget* parent)
    : QWidget(parent)
    , m_work(work)
    , m_stack(new QStackedWidget(this))
    , m_empty(new views::EmptyState(this))
    , m_list(new views::ExchangeList(work.exchanges, this))
    , m_detail(new views::DetailPane(this))
    , m_splitter(new QSplitter(this))
{
    m_splitter->setObjectName(QStringLiteral("listAndDetail"));
    m_splitter->setChildrenCollapsible(false);
    m_splitter->setHandleWidth(1);
    m_splitter->addWidget(m_list);
    m_splitter->addWidget(m_detail);
    m_splitter->setStretchFactor(0, 11);
    m_splitter->setStretchFactor(1, 9);
    m_list->setMinimumSize(280, 120);
    m_detail->setMinimumSize(280, 140);
    m_stack->addWidget(m_empty);
    m_stack->addWidget(m_splitter);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_stack);
    connect(m_list, &views::ExchangeList::currentChanged, this, [this] {
        m_shown = 0;
        refresh();
    });
    connect(m_detail, &views::DetailPane::partChanged, this, &ListPage::refreshConnection);
    connect(m_detail, &views::DetailPane::saveStreamRequested, this, &ListPage::saveStream);
    connect(m_empty, &views::EmptyState::primaryClicked, this, &ListPage::onPrimary);
}

void ListPage::refresh()
{
    const Empty empty = why();
    // Counts in the texts change while they are shown.
    if (empty != Empty::None)
        showEmpty(empty);
    m_why = empty;
    m_stack->setCurrentIndex(empty == Empty::None ? 1 : 0);
    const store::Number number = m_list->current();
    // Beside the list an empty detail is a hint; under it, it would only take room.
    m_detail->setVisible(number != 0 || m_splitter->orientation() == Qt::Horizontal);
    const store::Row* row = m_work.store.rows().at(number);
    if (row == nullptr && m_detail->detail().number != 0 && number != 0)
        m_detail->setDetail({}); // the row was dropped
    if (row == nullptr || (m_shown == number && m_shownRow == *row))
        return;
    m_shown = number;
    m_shownRow = *row;
    m_detail->setDetail(models::detailOf(m_work.store, number));
    m_detail->messages().update(m_work.store, number);
    refreshConnection();
}

// Only while it is shown: it holds a copy of the stream.
void ListPage::refreshConnection()
{
    if (m_detail->showsConnection())
        m_detail->setConnection(
            models::connectionDetailOf(m_work.store, m_detail->detail().connection));
}

void ListPage::saveStream(quint32 connection, bool toServer)
{
    const QString path = QFileDialog::getSaveFileName(
        this,
        tr("Save the stream"),
        toServer ? QStringLiteral("connection-%1-to-server.bin").arg(connection)
                 : QStringLiteral("connection-%1-to-client.bin").arg(connection));
    if (path.isEmpty())
        return;
    QSaveFile file(path);
    const QByteArray bytes = models::streamBytes(m_work.store, connection, toServer);
    if (file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size() && file.commit())
        return;
    QMessageBox::warning(this,
                         tr("Save the stream"),
                         tr("The stream was not saved in %1: %2. Choose another place.")
                             .arg(path, file.errorString()));
}

void ListPage::setFile(const QString& name, bool reading)
{
    m_file = models::visible(name.toStdString(), true);
    m_reading = reading;
    m_why = Empty::None; // say it anew
    refresh();
}

ListPage::Empty ListPage::why() const
{
    if (m_work.view.size() != 0)
        return Empty::None;
    const auto& rows = m_work.store.rows();
    if (rows.end() > std::max(rows.first(), m_work.view.hiddenBelow()))
        return Empty::Filtered;
    if (m_work.view.hiddenBelow() != 0)
        return Empty::Waiting;
    if (m_work.attachment.attached() && m_work.attachment.wantedMode() == wire::Mode::Off)
        return Empty::Off;
    const auto& connections = m_work.store.connections();
    return connections.end() != connections.first() ? Empty::NoHttp : Empty::Waiting;
}

void ListPage::showEmpty(Empty empty)
{
    const QString name = m_work.attachment.name();
    switch (empty) {
    case Empty::None:
        return;
    case Empty::Off:
        m_empty->show(QStringLiteral("off"),
                      tr("Capture is off"),
                      tr("Attached to %1. Nothing is watched.").arg(name),
                      tr("Start mirroring (Ctrl+E)"));
        return;
    case Empty::Waiting: {
        if (!m_file.isEmpty()) {
            m_empty->show(QStringLiteral("open"),
                          m_reading ? tr("Reading %1").arg(m_file)
                                    : tr("No TCP connections in %1").arg(m_file),
                          m_reading ? tr("Requests appear here as they are found.")
                                    : tr("Open another file (Ctrl+O), or connect to a target "
                                         "(Ctrl+N)."));
            return;
        }
        showWaiting(name);
        return;
    }
    case Empty::NoHttp:
        m_empty->show(QStringLiteral("connections"),
                      tr("Connections, but no readable HTTP"),
                      tr("TCP connections seen: %1. None carries HTTP that can be read.")
                          .arg(models::count(m_work.store.connections().end()
                                             - m_work.store.connections().first())),
                      tr("Show connections (Ctrl+5)"));
        return;
    case Empty::Filtered:
        m_empty->show(QStringLiteral("filter"),
                      tr("No request matches the view filter"),
                      tr("%1 requests are here and none is shown.")
                          .arg(models::count(m_work.store.requests())),
                      tr("Clear filter"));
        return;
    }
}

void ListPage::showWaiting(const QString& name)
{
    const QVector<quint16> ports = m_work.attachment.ports();
    QStringList numbers;
    for (const quint16 port : ports)
        numbers << QStringLiteral(":%1").arg(port);
    QString text = ports.isEmpty() ? tr("Nothing listens in %1 yet.").arg(name)
                                   : tr("Watching %1 of %2. Requests appear here as they happen.")
                                         .arg(numbers.join(QStringLiteral(", ")), name);
    // Until something comes by it, a port that nobody has may be a slip of the finger.
    const std::string odd = session::portsNobodyHas(m_work.attachment.target(), ports);
    if (!odd.empty())
        text += QStringLiteral("\n")
                + tr("When the agent looked, %1. Ctrl+T chooses another.")
                      .arg(models::visible(odd, true));
    m_empty->show(QStringLiteral("mirror"), tr("Waiting for requests"), text);
}

void ListPage::onPrimary()
{
    if (m_why == Empty::Off)
        emit mirrorRequested();
    else if (m_why == Empty::NoHttp)
        emit connectionsRequested();
    else if (m_why == Empty::Filtered)
        emit clearFilterRequested();
}

void ListPage::flip()
{
    m_flipped = !m_flipped;
    orient();
}

void ListPage::orient()
{
    const bool wide = (window()->width() >= wideFrom) != m_flipped;
    const Qt::Orientation wanted = wide ? Qt::Horizontal : Qt::Vertical;
    if (m_splitter->orientation() == wanted)
        return;
    m_splitter->setOrientation(wanted);
    const int all = wide ? width() : height();
    m_splitter->setSizes({all * 55 / 100, all * 45 / 100});
}

void ListPage::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    orient();
}

QByteArray ListPage::saveState() const
{
    return {m_flipped ? "1" : "0"};
}

void ListPage::restoreState(const QByteArray& state)
{
    m_flipped = state == "1";
    orient();
}

} // namespace podglass::shell
