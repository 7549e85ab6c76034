// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/connect/host_form.h"

#include "ui/theme/icon.h"
#include "ui/theme/style_sheet.h"
#include "ui/theme/theme.h"

#include <algorithm>

#include <QCheckBox>
#include <QComboBox>
#include <QCompleter>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QRadioButton>
#include <QVBoxLayout>

namespace podglass::connect {

namespace {

constexpr int recentShown = 5;

QLabel* plainLabel(const QString& text, QWidget* parent, const char* tone)
{
    auto* label = new QLabel(text, parent);
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    label->setProperty("tone", tone);
    return label;
}

} // namespace

HostForm::HostForm(QWidget* parent)
    : QWidget(parent)
{
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme::gap);
    auto* logo = new QLabel(this);
    logo->setPixmap(theme::applicationIcon().pixmap(48, 48));
    column->addWidget(logo);
    column->addWidget(plainLabel(tr("See the traffic of a service"), this, "title"));
    column->addWidget(
        plainLabel(tr("In a container, a network namespace or a process, on a host that you reach "
                      "by SSH or on this machine. Podglass starts its agent there for as long as "
                      "you look, and installs nothing."),
                   this,
                   "muted"));
    column->addSpacing(theme::gapLarge);
    m_host = new QComboBox(this);
    m_host->setObjectName(QStringLiteral("connectHost"));
    m_host->setEditable(true);
    m_host->setInsertPolicy(QComboBox::NoInsert);
    m_host->completer()->setFilterMode(Qt::MatchContains);
    m_host->completer()->setCompletionMode(QCompleter::PopupCompletion);
    m_host->lineEdit()->setPlaceholderText(tr("user@host, or a name from ~/.ssh/config"));
    m_host->setAccessibleName(tr("SSH host"));
    auto* label = plainLabel(tr("SSH &host"), this, "strong");
    label->setBuddy(m_host);
    column->addWidget(label);
    auto* row = new QHBoxLayout;
    row->addWidget(m_host, 1);
    m_connect = new QPushButton(tr("Connect"), this);
    m_connect->setObjectName(QStringLiteral("connectButton"));
    m_connect->setProperty("kind", "primary");
    row->addWidget(m_connect);
    column->addLayout(row);
    m_reads = plainLabel({}, this, "muted");
    m_reads->setObjectName(QStringLiteral("connectReads"));
    column->addWidget(m_reads);
    buildTransport(column);
    column->addSpacing(theme::gap);
    column->addWidget(plainLabel(tr("Or without SSH"), this, "strong"));
    auto* local = new QHBoxLayout;
    m_local = new QPushButton(theme::icon("target"), tr("This &machine"), this);
    m_local->setObjectName(QStringLiteral("connectLocal"));
    local->addWidget(m_local);
    local->addWidget(
        plainLabel(tr("What runs here; capturing needs root or CAP_NET_RAW."), this, "muted"), 1);
    column->addLayout(local);
    m_recent = new QWidget(this);
    auto* recent = new QVBoxLayout(m_recent);
    recent->setContentsMargins(0, theme::gapLarge, 0, 0);
    recent->setSpacing(0);
    column->addWidget(m_recent);
    m_recent->hide();
    QObject::connect(m_connect, &QPushButton::clicked, this, &HostForm::submit);
    QObject::connect(m_host->lineEdit(), &QLineEdit::returnPressed, this, &HostForm::submit);
    QObject::connect(m_host, &QComboBox::editTextChanged, this, &HostForm::describe);
    QObject::connect(
        m_local, &QPushButton::clicked, this, [this] { emit connectWanted(session::Address{}); });
    describe();
}

void HostForm::buildTransport(QVBoxLayout* column)
{
    auto* row = new QHBoxLayout;
    row->addWidget(plainLabel(tr("Transport"), this, "muted"));
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
    QObject::connect(m_builtIn, &QRadioButton::toggled, this, &HostForm::describe);
}

void HostForm::setSshConfig(targets::SshConfig config)
{
    m_config = std::move(config);
    const QString typed = m_host->currentText();
    m_host->clear();
    for (const auto& host : m_config.hosts()) {
        m_host->addItem(QString::fromStdString(host));
    }
    m_host->setCurrentIndex(-1);
    m_host->setEditText(typed);
    describe();
}

void HostForm::setRecent(const QStringList& addresses)
{
    auto* column = m_recent->layout();
    while (auto* item = column->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    m_recent->setVisible(!addresses.isEmpty());
    column->addWidget(plainLabel(tr("Recent"), m_recent, "strong"));
    for (const auto& text : addresses.first(std::min<qsizetype>(addresses.size(), recentShown))) {
        const auto parsed = session::parseAddress(text.toStdString());
        if (!parsed) {
            continue;
        }
        QString shown = text;
        auto* button = new QPushButton(shown.replace(u'&', QStringLiteral("&&")), m_recent);
        button->setProperty("kind", "link");
        button->setAutoDefault(true); // Enter presses it
        button->setObjectName(QStringLiteral("connectRecent"));
        QObject::connect(button, &QPushButton::clicked, this, [this, address = *parsed] {
            emit connectWanted(address);
        });
        column->addWidget(button);
        column->setAlignment(button, Qt::AlignLeft);
    }
}

void HostForm::setTyped(const QString& text)
{
    m_host->setEditText(text);
    describe();
}

void HostForm::focusHost()
{
    m_host->setFocus();
}

base::Result<session::Address> HostForm::address() const
{
    const QString typed = m_host->currentText().trimmed();
    const QString scheme = m_system->isChecked() ? "ssh+system://" : "ssh://";
    const bool whole = typed.contains("://") || typed.startsWith("local");
    auto address = session::parseAddress((whole ? typed : scheme + typed).toStdString());
    if (address && m_sudo->isChecked() && address.value().road.kind <= session::RoadKind::SystemSsh)
        address->road.sudo = true;
    return address;
}

void HostForm::describe()
{
    const QString typed = m_host->currentText().trimmed();
    const auto parsed = address();
    m_connect->setEnabled(!typed.isEmpty() && bool(parsed));
    QString text;
    const char* tone = "muted";
    if (!typed.isEmpty() && !parsed) {
        text = QString::fromStdString(parsed.error().text());
        tone = "warning";
    } else if (!typed.isEmpty() && parsed.value().road.kind == session::RoadKind::Ssh) {
        const auto& road = parsed.value().road;
        const auto host = m_config.lookup(road.host);
        const auto user = QString::fromStdString(road.user.empty() ? host.user : road.user);
        const auto port = road.port != 0 ? road.port : host.port;
        const auto name = QString::fromStdString(host.hostName);
        text = user.isEmpty() ? tr("Reads as %1, port %2").arg(name).arg(port)
                              : tr("Reads as %1 at %2, port %3").arg(user, name).arg(port);
        if (!host.jump.empty())
            text += u'\n' + tr("By way of %1").arg(QString::fromStdString(host.jump));
        if (!host.proxyCommand.empty()) {
            text += u'\n' + tr("Has a proxy command: your own ssh will be used");
        } else if (!host.ignored.empty()) {
            QStringList ignored;
            for (const auto& line : host.ignored) {
                ignored << QString::fromStdString(line);
            }
            text += u'\n' + tr("Not used by the built-in transport: %1").arg(ignored.join(", "));
        }
    }
    m_reads->setText(text);
    theme::restyle(m_reads, "tone", tone);
}

void HostForm::submit()
{
    if (const auto parsed = address(); parsed && !m_host->currentText().trimmed().isEmpty()) {
        emit connectWanted(*parsed);
    }
}

} // namespace podglass::connect
