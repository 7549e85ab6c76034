// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/tls_dialog.h"

#include "ui/theme/theme.h"

#include <QCheckBox>
#include <QDialogButtonBox>
#include <QFileDialog>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

namespace podglass::shell {

TlsDialog::TlsDialog(const session::TlsFiles& files, quint16 port, QWidget* parent)
    : QDialog(parent)
    , m_ends(new QCheckBox(tr("&End TLS at the agent, so that filters see the requests"), this))
    , m_certificate(new QLineEdit(QString::fromStdString(files.certificate), this))
    , m_key(new QLineEdit(QString::fromStdString(files.key), this))
    , m_passphraseLabel(new QLabel(tr("&Passphrase"), this))
    , m_passphrase(new QLineEdit(this))
    , m_problem(new QLabel(this))
    , m_buttons(new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel, this))
{
    setObjectName(QStringLiteral("tlsDialog"));
    setWindowTitle(port == 0 ? tr("TLS of the stolen port") : tr("TLS of port %1").arg(port));
    m_ends->setObjectName(QStringLiteral("tlsEnds"));
    m_ends->setChecked(files.named());
    m_certificate->setObjectName(QStringLiteral("tlsCertificate"));
    m_key->setObjectName(QStringLiteral("tlsKey"));
    m_passphrase->setObjectName(QStringLiteral("tlsPassphrase"));
    m_passphrase->setEchoMode(QLineEdit::Password);
    m_passphraseLabel->setBuddy(m_passphrase);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(theme::gapLarge, theme::gapLarge, theme::gapLarge, theme::gapLarge);
    layout->setSpacing(theme::gap);
    layout->addWidget(m_ends);
    auto* rows = new QFormLayout;
    rows->setFieldGrowthPolicy(QFormLayout::ExpandingFieldsGrow);
    rows->setSpacing(theme::gap);
    rows->addRow(tr("&Certificate"), makeFile(m_certificate, tr("Certificate of the service")));
    rows->addRow(tr("Private &key"), makeFile(m_key, tr("Private key of the service")));
    rows->addRow(m_passphraseLabel, m_passphrase);
    layout->addLayout(rows);
    auto* hint = new QLabel(
        tr("The files that the service itself uses, in PEM form. They are read here and sent to "
           "the "
           "agent over its connection; the agent keeps the key in memory only, for as long as you "
           "steal. What is passed on is encrypted again, to a service that holds the same key; "
           "connections that cannot be ended go on untouched and are counted. Whoever else follows "
           "this port at the agent sees what you decrypt."),
        this);
    hint->setTextFormat(Qt::PlainText);
    hint->setWordWrap(true);
    hint->setProperty("tone", QStringLiteral("muted"));
    layout->addWidget(hint);
    m_problem->setObjectName(QStringLiteral("tlsProblem"));
    m_problem->setTextFormat(Qt::PlainText);
    m_problem->setWordWrap(true);
    m_problem->setProperty("tone", QStringLiteral("warning"));
    layout->addWidget(m_problem);
    layout->addWidget(m_buttons);
    for (QAbstractButton* button : m_buttons->buttons())
        button->setIcon({});
    connect(m_buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(m_buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(m_ends, &QCheckBox::toggled, this, &TlsDialog::check);
    for (QLineEdit* edit : {m_certificate, m_key})
        connect(edit, &QLineEdit::textChanged, this, &TlsDialog::check);
    resize(560, sizeHint().height());
    check();
}

QWidget* TlsDialog::makeFile(QLineEdit* edit, const QString& title)
{
    auto* row = new QWidget(this);
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(theme::gap);
    auto* choose = new QPushButton(tr("Choose…"), row);
    choose->setAccessibleName(title);
    layout->addWidget(edit, 1);
    layout->addWidget(choose);
    row->setFocusProxy(edit);
    connect(choose, &QPushButton::clicked, this, [this, edit, title] {
        const QString path = QFileDialog::getOpenFileName(this, title, edit->text());
        if (!path.isEmpty())
            edit->setText(path);
    });
    return row;
}

session::TlsFiles TlsDialog::files() const
{
    if (!m_ends->isChecked())
        return {};
    return {m_certificate->text().trimmed().toStdString(), m_key->text().trimmed().toStdString()};
}

void TlsDialog::say(const QString& problem)
{
    m_problem->setText(problem);
    m_problem->setVisible(!problem.isEmpty());
}

// Looks no further than whether the key has a passphrase; the rest is read when it is accepted.
void TlsDialog::check()
{
    const bool ends = m_ends->isChecked();
    for (QWidget* each : {static_cast<QWidget*>(m_certificate), static_cast<QWidget*>(m_key)})
        each->setEnabled(ends);
    const session::TlsFiles now = files();
    bool locked = false;
    if (!now.key.empty()) {
        const auto asks = session::asksForPassphrase(now);
        locked = asks && asks.value();
    }
    m_passphraseLabel->setVisible(locked);
    m_passphrase->setVisible(locked);
    m_buttons->button(QDialogButtonBox::Ok)
        ->setEnabled(!ends || (!now.certificate.empty() && !now.key.empty()));
    say({});
}

void TlsDialog::accept()
{
    if (!m_ends->isChecked()) {
        QDialog::accept();
        return;
    }
    auto pair = session::readTlsFiles(files(), base::Secret(m_passphrase->text().toStdString()));
    m_passphrase->clear();
    if (!pair) {
        say(QString::fromStdString(pair.error().text()));
        return;
    }
    say({});
    m_pair = std::move(pair).value();
    QDialog::accept();
}

} // namespace podglass::shell
