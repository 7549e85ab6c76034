// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/connect/host_form.h"

#include "ui/connect/place_model.h"
#include "ui/connect/place_text.h"
#include "ui/connect/place_view.h"
#include "ui/theme/icon.h"
#include "ui/theme/style_sheet.h"
#include "ui/theme/theme.h"

#include <algorithm>

#include <QCheckBox>
#include <QCoreApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QRadioButton>
#include <QTableView>
#include <QVBoxLayout>

namespace podglass::connect {

namespace {

constexpr int logoSize = 40;

QLabel* plainLabel(const QString& text, QWidget* parent, const char* tone)
{
    auto* label = new QLabel(text, parent);
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    label->setProperty("tone", tone);
    return label;
}

// Not a few letters to search with: user@host, host:port, a dotted name, a whole address.
bool isAddress(const QString& typed)
{
    return typed.contains(u'@') || typed.contains(u':') || typed.contains(u'.')
           || typed.contains(u'/');
}

} // namespace

HostForm::HostForm(QWidget* parent)
    : QWidget(parent)
    , m_model(new PlaceModel(this))
{
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme::gap);
    auto* head = new QHBoxLayout;
    auto* logo = new QLabel(this);
    logo->setPixmap(theme::applicationIcon().pixmap(logoSize, logoSize));
    head->addWidget(logo);
    head->addWidget(plainLabel(tr("See the traffic of a service"), this, "title"), 1);
    column->addLayout(head);
    column->addWidget(
        plainLabel(tr("In a container, a pod, a systemd service or a process, on this machine, on "
                      "a host that you reach by SSH, or in a cluster. Podglass starts its agent "
                      "there for as long as you look, and installs nothing."),
                   this,
                   "muted"));
    column->addSpacing(theme::gap);
    buildField(column);
    buildList(column);
    buildTransport(column);
    m_model->replace("machine", {thisMachine()});
    connect(m_model, &PlaceModel::published, this, &HostForm::onPublished);
    onPublished();
}

void HostForm::buildField(QVBoxLayout* column)
{
    m_host = new QLineEdit(this);
    m_host->setObjectName(QStringLiteral("connectHost"));
    m_host->setAccessibleName(tr("Search, or type a host or an address"));
    m_host->setPlaceholderText(tr("Type a few letters, user@host, or an address"));
    m_host->setClearButtonEnabled(true);
    m_host->addAction(theme::icon("search"), QLineEdit::LeadingPosition);
    m_host->installEventFilter(this);
    m_connect = new QPushButton(tr("Connect"), this);
    m_connect->setObjectName(QStringLiteral("connectButton"));
    m_connect->setProperty("kind", "primary");
    auto* row = new QHBoxLayout;
    row->addWidget(m_host, 1);
    row->addWidget(m_connect);
    column->addLayout(row);
    connect(m_connect, &QPushButton::clicked, this, &HostForm::submit);
    connect(m_host, &QLineEdit::returnPressed, this, &HostForm::submit);
    connect(m_host, &QLineEdit::textChanged, this, &HostForm::onTyped);
}

void HostForm::buildList(QVBoxLayout* column)
{
    m_view = makePlaceView(QStringLiteral("connectPlaces"), m_model, this);
    m_view->setAccessibleName(tr("Hosts, contexts and what was used before"));
    m_view->horizontalHeader()->hide();
    m_view->horizontalHeader()->resizeSection(PlaceModel::Name, 300);
    m_view->horizontalHeader()->resizeSection(PlaceModel::Kind, 80);
    for (const int hidden :
         {PlaceModel::Where, PlaceModel::Status, PlaceModel::Ports, PlaceModel::InUse})
        m_view->setColumnHidden(hidden, true);
    column->addWidget(m_view, 1);
    m_reads = plainLabel({}, this, "muted");
    m_reads->setObjectName(QStringLiteral("connectReads"));
    column->addWidget(m_reads);
    connect(m_view, &QTableView::activated, this, [this] {
        m_chosen = true;
        submit();
    });
    connect(m_view, &QTableView::pressed, this, [this] {
        m_chosen = true;
        describe();
    });
    connect(m_view->selectionModel(),
            &QItemSelectionModel::currentRowChanged,
            this,
            &HostForm::describe);
}

void HostForm::buildTransport(QVBoxLayout* column)
{
    auto* row = new QHBoxLayout;
    row->addWidget(plainLabel(tr("SSH by"), this, "muted"));
    m_builtIn = new QRadioButton(tr("&Built-in"), this);
    m_builtIn->setObjectName(QStringLiteral("transportBuiltIn"));
    m_builtIn->setToolTip(tr("SSH in a small sandboxed process; asks for passwords here"));
    m_builtIn->setChecked(true);
    m_system = new QRadioButton(tr("&System ssh"), this);
    m_system->setObjectName(QStringLiteral("transportSystem"));
    m_system->setToolTip(tr("Your own ssh command: jump hosts, security keys, all of ssh_config"));
    row->addWidget(m_builtIn);
    row->addWidget(m_system);
    row->addStretch(1);
    m_sudo = new QCheckBox(tr("Start the agent with s&udo"), this);
    m_sudo->setObjectName(QStringLiteral("transportSudo"));
    m_sudo->setToolTip(
        tr("For accounts that are not root. Asks for the password only if sudo does"));
    row->addWidget(m_sudo);
    column->addLayout(row);
    connect(m_builtIn, &QRadioButton::toggled, this, &HostForm::describe);
}

void HostForm::setSshConfig(targets::SshConfig config, const std::vector<std::string>& known)
{
    m_config = std::move(config);
    m_model->replace("ssh_config", placesOf(m_config));
    m_model->replace("known_hosts", knownPlaces(known, m_config));
    describe();
}

void HostForm::setContexts(const std::vector<kubernetes::Context>& contexts)
{
    m_model->replace("contexts", placesOf(contexts));
}

void HostForm::setSaved(const std::vector<SavedAddress>& saved)
{
    m_saved = saved;
    QStringList recent;
    for (const SavedAddress& each : saved) {
        if (each.name.empty())
            recent << QString::fromStdString(each.address);
    }
    m_model->setRecent(recent);
    m_model->replace("saved", placesOf(saved));
}

void HostForm::setTyped(const QString& text)
{
    m_host->setText(text);
}

void HostForm::focusHost()
{
    m_chosen = false;
    m_host->selectAll();
    m_host->setFocus();
    onPublished();
}

void HostForm::onTyped(const QString& text)
{
    m_chosen = false;
    m_model->setQuery(isAddress(text) ? QString() : text);
    onPublished();
}

void HostForm::onPublished()
{
    // Enter opens what is marked, or the address that was typed: never both.
    if (!m_chosen && isAddress(m_host->text()))
        m_view->setCurrentIndex({});
    else if (!m_chosen || !m_view->currentIndex().isValid())
        m_view->setCurrentIndex(m_model->index(0, 0));
    describe();
}

const Place* HostForm::current() const
{
    return m_model->place(m_view->currentIndex().row());
}

std::optional<base::Result<session::Address>> HostForm::wanted() const
{
    const QString typed = m_host->text().trimmed();
    const Place* place = current();
    const bool asTyped = !m_chosen && !typed.isEmpty() && (isAddress(typed) || place == nullptr);
    if (!asTyped && place == nullptr)
        return std::nullopt;
    const bool whole = typed.contains("://") || typed.startsWith("local")
                       || typed.startsWith("agent+") || typed.startsWith("k8s/");
    const std::string text = !asTyped ? place->spec
                             : whole  ? typed.toStdString()
                                      : "ssh://" + typed.toStdString();
    base::Result<session::Address> address = session::parseAddress(text);
    if (address && address.value().road.kind == session::RoadKind::Ssh && m_system->isChecked())
        address.value().road.kind = session::RoadKind::SystemSsh;
    if (address && m_sudo->isChecked() && address.value().road.kind <= session::RoadKind::SystemSsh)
        address.value().road.sudo = true;
    return address;
}

QString HostForm::describeSsh(const session::Road& road, const char*& tone) const
{
    QString text;
    const auto host = m_config.lookup(road.host);
    const auto user = QString::fromStdString(road.user.empty() ? host.user : road.user);
    const auto port = road.port != 0 ? road.port : host.port;
    const auto name = QString::fromStdString(host.hostName);
    text = user.isEmpty() ? tr("Reads as %1, port %2").arg(name).arg(port)
                          : tr("Reads as %1 at %2, port %3").arg(user, name).arg(port);
    if (!host.proxyCommand.empty() && m_builtIn->isChecked()) {
        text += u'\n' + tr("Has a ProxyCommand: choose System ssh");
        tone = "warning";
    } else if (!host.jump.empty()) {
        text += u'\n' + tr("Goes by way of %1").arg(QString::fromStdString(host.jump));
    } else if (!host.ignored.empty()) {
        QStringList ignored;
        for (const auto& line : host.ignored) {
            ignored << QString::fromStdString(line);
        }
        text += u'\n' + tr("Not used by the built-in transport: %1").arg(ignored.join(", "));
    }
    return text;
}

void HostForm::describe()
{
    const auto address = wanted();
    m_connect->setEnabled(address && *address);
    QString text;
    const char* tone = "muted";
    if (address && !*address) {
        text = shownText((*address).error().text());
        tone = "warning";
    } else if (address && (*address).value().road.kind == session::RoadKind::Ssh
               && (*address).value().road.configFile.empty()) {
        text = describeSsh((*address).value().road, tone);
    } else if (address) {
        text = tr("Opens %1").arg(shownText(session::print((*address).value())));
    }
    m_reads->setText(text);
    theme::restyle(m_reads, "tone", tone);
}

void HostForm::submit()
{
    const auto address = wanted();
    if (!address || !*address)
        return;
    const Place* place = current();
    const auto kept = std::ranges::find_if(m_saved, [&](const SavedAddress& each) {
        return place != nullptr && place->kind == "saved" && each.name == place->name
               && each.address == place->spec;
    });
    emit connectWanted((*address).value(), kept != m_saved.end() && kept->viewOnly);
}

// The arrow keys move in the list while the focus stays in the field.
bool HostForm::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == m_host && event->type() == QEvent::KeyPress) {
        switch (static_cast<QKeyEvent*>(event)->key()) {
        case Qt::Key_Up:
        case Qt::Key_Down:
        case Qt::Key_PageUp:
        case Qt::Key_PageDown:
            m_chosen = true;
            QCoreApplication::sendEvent(m_view, event);
            describe();
            return true;
        default:
            break;
        }
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace podglass::connect
