// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/taker_dialog.h"

#include "core/base/limits.h"
#include "core/session/made_messages.h"

#include "ui/shell/dialog_parts.h"
#include "ui/theme/icon.h"
#include "ui/theme/theme.h"

#include <QButtonGroup>
#include <QCheckBox>
#include <QComboBox>
#include <QFileInfo>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QRadioButton>
#include <QSpinBox>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace podglass::shell {

namespace {

using Kind = session::Taker::Kind;

} // namespace

std::vector<std::pair<std::string, std::string>> readHeaders(const QString& text)
{
    std::vector<std::pair<std::string, std::string>> fields;
    const QStringList lines = text.split(QLatin1Char('\n'), Qt::SkipEmptyParts);
    for (const QString& line : lines) {
        const qsizetype colon = line.indexOf(QLatin1Char(':'));
        const QString name = colon < 0 ? line.trimmed() : line.left(colon).trimmed();
        const QString value = colon < 0 ? QString() : line.mid(colon + 1).trimmed();
        if (!name.isEmpty())
            fields.emplace_back(name.toStdString(), value.toStdString());
    }
    return fields;
}

std::optional<std::pair<std::string, std::uint16_t>> readAddress(const QString& text)
{
    const QString address = text.trimmed();
    const qsizetype colon = address.lastIndexOf(QLatin1Char(':'));
    bool isNumber = false;
    const uint port = address.mid(colon + 1).toUInt(&isNumber);
    if (!isNumber || port == 0 || port > 65535)
        return std::nullopt;
    QString host = colon > 0 ? address.left(colon) : QStringLiteral("127.0.0.1");
    host.remove(QLatin1Char('[')).remove(QLatin1Char(']'));
    return std::pair(host.toStdString(), static_cast<std::uint16_t>(port));
}

QString addressText(const session::Taker& taker)
{
    if (taker.port == 0)
        return {};
    const QString host = QString::fromStdString(taker.host);
    return (host.contains(QLatin1Char(':')) ? QStringLiteral("[%1]:%2") : QStringLiteral("%1:%2"))
        .arg(host)
        .arg(taker.port);
}

TakerDialog::TakerDialog(const TakerChoice& choice, QWidget* parent)
    : QDialog(parent)
    , m_kind(new QButtonGroup(this))
    , m_pages(new QStackedWidget(this))
    , m_address(new QLineEdit(this))
    , m_http1(new QCheckBox(tr("Translate HTTP/2 requests to HTTP/1.1"), this))
    , m_tls(new QCheckBox(tr("By &TLS"), this))
    , m_ca(new QLineEdit(this))
    , m_name(new QLineEdit(this))
    , m_status(new QSpinBox(this))
    , m_headers(new QPlainTextEdit(this))
    , m_body(new QPlainTextEdit(this))
    , m_file(new QLineEdit(this))
    , m_release(new QLineEdit(this))
    , m_failure(new QComboBox(this))
    , m_problem(problemText(this))
    , m_buttons(dialogButtons(QDialogButtonBox::Ok | QDialogButtonBox::Cancel, this))
{
    setWindowTitle(tr("Who answers stolen requests"));
    setObjectName(QStringLiteral("takerDialog"));
    QVBoxLayout* layout = dialogColumn(this);
    const std::pair<QString, Kind> kinds[] = {
        {tr("A program at an &address"), Kind::Address},
        {tr("A &fixed answer"), Kind::Fixed},
        {tr("I do, by &hand: each request waits until I release it"), Kind::Held}};
    for (const auto& [words, kind] : kinds) {
        auto* button = new QRadioButton(words, this);
        button->setObjectName(QStringLiteral("takerKind%1").arg(static_cast<int>(kind)));
        m_kind->addButton(button, static_cast<int>(kind));
        layout->addWidget(button);
    }
    m_pages->addWidget(makeAddressPage());
    m_pages->addWidget(makeFixedPage());
    m_pages->addWidget(makeHeldPage());
    layout->addSpacing(theme::gapSmall);
    layout->addWidget(m_pages, 1);
    m_failure->addItem(tr("The caller gets 502 with the reason"),
                       static_cast<int>(wire::OnTakerFailure::BadGateway));
    m_failure->addItem(tr("The request goes on to its own service"),
                       static_cast<int>(wire::OnTakerFailure::PassOn));
    m_failure->setObjectName(QStringLiteral("takerFailure"));
    QFormLayout* failure = dialogForm();
    auto* label = new QLabel(tr("If there is &no answer"), this);
    label->setBuddy(m_failure);
    failure->addRow(label, m_failure);
    layout->addLayout(failure);
    layout->addWidget(m_problem);
    layout->addWidget(m_buttons);
    connect(m_kind, &QButtonGroup::idClicked, this, [this](int kind) {
        m_pages->setCurrentIndex(kind);
        check();
    });
    show(choice);
    for (QLineEdit* edit : {m_address, m_ca, m_file, m_release})
        connect(edit, &QLineEdit::textChanged, this, &TakerDialog::check);
    for (QPlainTextEdit* edit : {m_headers, m_body})
        connect(edit, &QPlainTextEdit::textChanged, this, &TakerDialog::check);
    resize(560, 520);
    check();
}

QWidget* TakerDialog::makeAddressPage()
{
    auto* page = new QWidget(this);
    QFormLayout* rows = dialogForm(page);
    m_address->setObjectName(QStringLiteral("takerDialogAddress"));
    m_address->setPlaceholderText(QStringLiteral("127.0.0.1:8080"));
    m_http1->setObjectName(QStringLiteral("takerHttp1"));
    connect(m_tls, &QCheckBox::toggled, this, &TakerDialog::check);
    rows->addRow(tr("A&ddress"), m_address);
    m_tls->setObjectName(QStringLiteral("takerTls"));
    m_ca->setObjectName(QStringLiteral("takerCa"));
    m_ca->setPlaceholderText(tr("PEM file; empty: the system's, and on this machine anybody"));
    m_name->setObjectName(QStringLiteral("takerName"));
    m_name->setPlaceholderText(tr("the address"));
    rows->addRow(QString(), m_http1);
    rows->addRow(QString(), m_tls);
    QWidget* signedBy = fileRow(m_ca, tr("Certificate of who signs"), page);
    rows->addRow(tr("Signed b&y"), signedBy);
    rows->addRow(tr("Server na&me"), m_name);
    for (QWidget* field : {signedBy, static_cast<QWidget*>(m_name)}) {
        field->setEnabled(false);
        connect(m_tls, &QCheckBox::toggled, field, &QWidget::setEnabled);
    }
    rows->addRow(
        QString(),
        mutedText(tr("Reachable from this machine. Without translation an HTTP/2 request, gRPC "
                     "among them, reaches the program as HTTP/2."),
                  page));
    return page;
}

QWidget* TakerDialog::makeFixedPage()
{
    auto* page = new QWidget(this);
    QFormLayout* rows = dialogForm(page);
    m_status->setRange(200, 599);
    m_status->setMaximumWidth(100);
    m_status->setButtonSymbols(QAbstractSpinBox::NoButtons); // a number to type
    m_status->setObjectName(QStringLiteral("takerStatus"));
    m_headers->setObjectName(QStringLiteral("takerHeaders"));
    m_headers->setPlaceholderText(QStringLiteral("Content-Type: application/json"));
    m_headers->setMaximumHeight(90);
    m_headers->setTabChangesFocus(true);
    m_headers->setFont(theme::monospace());
    m_body->setObjectName(QStringLiteral("takerBody"));
    m_body->setTabChangesFocus(true);
    m_body->setFont(theme::monospace());
    m_file->setObjectName(QStringLiteral("takerFile"));
    m_file->setPlaceholderText(tr("instead of the text above; read for each answer"));
    rows->addRow(tr("&Status"), m_status);
    rows->addRow(tr("H&eaders"), m_headers);
    rows->addRow(tr("&Body"), m_body);
    rows->addRow(tr("F&ile"), fileRow(m_file, tr("Body of the answer"), page));
    return page;
}

QWidget* TakerDialog::makeHeldPage()
{
    auto* page = new QWidget(this);
    QFormLayout* rows = dialogForm(page);
    m_release->setObjectName(QStringLiteral("takerRelease"));
    m_release->setPlaceholderText(QStringLiteral("127.0.0.1:8080"));
    rows->addRow(tr("&Release to"), m_release);
    rows->addRow(
        QString(),
        mutedText(tr("Held requests wait in the “Held” panel, up to %1 at once and %2 minutes "
                     "each. There they can be edited and sent to this address, answered, or let "
                     "go to their own service.")
                      .arg(limits::heldRequests)
                      .arg(limits::heldPatience.count() / 60),
                  page));
    return page;
}

void TakerDialog::show(const TakerChoice& choice)
{
    const session::Taker& taker = choice.taker;
    const int kind = static_cast<int>(taker.kind);
    m_kind->button(kind)->setChecked(true);
    m_pages->setCurrentIndex(kind);
    m_address->setText(addressText(taker));
    m_release->setText(addressText(taker));
    m_http1->setChecked(taker.speaks == session::Taker::Speaks::Http1);
    m_tls->setChecked(taker.tls);
    m_ca->setText(QString::fromStdString(taker.tlsCa));
    m_name->setText(QString::fromStdString(taker.tlsName));
    m_status->setValue(taker.status);
    QString headers;
    for (const auto& [name, value] : taker.headers)
        headers += QString::fromStdString(name + ": " + value + "\n");
    m_headers->setPlainText(headers);
    m_body->setPlainText(QString::fromStdString(taker.body));
    m_file->setText(QString::fromStdString(taker.bodyFile));
    m_failure->setCurrentIndex(m_failure->findData(static_cast<int>(choice.onFailure)));
}

TakerChoice TakerDialog::choice() const
{
    TakerChoice choice;
    session::Taker& taker = choice.taker;
    taker.kind = static_cast<Kind>(m_kind->checkedId());
    const QLineEdit* address = taker.kind == Kind::Held ? m_release : m_address;
    if (const auto read = readAddress(address->text())) {
        taker.host = read->first;
        taker.port = read->second;
    }
    taker.speaks =
        m_http1->isChecked() ? session::Taker::Speaks::Http1 : session::Taker::Speaks::AsCaller;
    taker.tls = m_tls->isChecked();
    taker.tlsCa = m_ca->text().trimmed().toStdString();
    taker.tlsName = m_name->text().trimmed().toStdString();
    taker.status = static_cast<std::uint16_t>(m_status->value());
    taker.headers = readHeaders(m_headers->toPlainText());
    taker.body = m_body->toPlainText().toStdString();
    taker.bodyFile = m_file->text().trimmed().toStdString();
    choice.onFailure = static_cast<wire::OnTakerFailure>(m_failure->currentData().toInt());
    return choice;
}

// In words; empty: it can be accepted.
QString TakerDialog::problem() const
{
    const TakerChoice now = choice();
    switch (now.taker.kind) {
    case Kind::Address:
        if (now.taker.tls && !now.taker.tlsCa.empty()
            && !QFileInfo(m_ca->text().trimmed()).isReadable())
            return tr("%1 cannot be read.").arg(m_ca->text().trimmed());
        return readAddress(m_address->text()) ? QString() : tr("The address is HOST:PORT.");
    case Kind::Held:
        return m_release->text().trimmed().isEmpty() || readAddress(m_release->text())
                   ? QString()
                   : tr("The address is HOST:PORT, or empty to answer by hand only.");
    case Kind::Fixed:
        break;
    }
    const std::string fields = session::fieldProblem(now.taker.headers);
    if (!fields.empty())
        return QString::fromStdString(fields);
    const QFileInfo file(m_file->text().trimmed());
    if (!m_file->text().trimmed().isEmpty() && !file.isReadable())
        return tr("%1 cannot be read.").arg(file.filePath());
    return {};
}

void TakerDialog::check()
{
    const QString words = problem();
    say(m_problem, words);
    m_buttons->button(QDialogButtonBox::Ok)->setEnabled(words.isEmpty());
    m_body->setEnabled(m_file->text().trimmed().isEmpty());
}

} // namespace podglass::shell
