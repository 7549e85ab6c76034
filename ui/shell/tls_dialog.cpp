// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/tls_dialog.h"

#include "ui/shell/dialog_parts.h"

#include <QCheckBox>
#include <QFormLayout>
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
    , m_rows(dialogForm())
    , m_passphrase(new QLineEdit(this))
    , m_problem(problemText(this))
    , m_buttons(dialogButtons(QDialogButtonBox::Ok | QDialogButtonBox::Cancel, this))
{
    setObjectName(QStringLiteral("tlsDialog"));
    setWindowTitle(port == 0 ? tr("TLS of the stolen port") : tr("TLS of port %1").arg(port));
    m_ends->setObjectName(QStringLiteral("tlsEnds"));
    m_ends->setChecked(files.named());
    m_certificate->setObjectName(QStringLiteral("tlsCertificate"));
    m_key->setObjectName(QStringLiteral("tlsKey"));
    m_passphrase->setObjectName(QStringLiteral("tlsPassphrase"));
    m_passphrase->setEchoMode(QLineEdit::Password);
    QVBoxLayout* layout = dialogColumn(this);
    layout->addWidget(m_ends);
    m_rows->addRow(tr("&Certificate"),
                   fileRow(m_certificate, tr("Certificate of the service"), this));
    m_rows->addRow(tr("Private &key"), fileRow(m_key, tr("Private key of the service"), this));
    m_rows->addRow(tr("&Passphrase"), m_passphrase);
    layout->addLayout(m_rows);
    layout->addWidget(mutedText(
        tr("The files that the service itself uses, in PEM form. They are read here and sent to "
           "the agent over its connection; the agent keeps the key in memory only, for as long as "
           "you steal. What is passed on is encrypted again, to a service that holds the same key; "
           "connections that cannot be ended go on untouched and are counted. Whoever else follows "
           "this port at the agent sees what you decrypt."),
        this));
    m_problem->setObjectName(QStringLiteral("tlsProblem"));
    layout->addWidget(m_problem);
    layout->addWidget(m_buttons);
    connect(m_ends, &QCheckBox::toggled, this, &TlsDialog::check);
    for (QLineEdit* edit : {m_certificate, m_key})
        connect(edit, &QLineEdit::textChanged, this, &TlsDialog::check);
    check();
}

session::TlsFiles TlsDialog::files() const
{
    if (!m_ends->isChecked())
        return {};
    return {m_certificate->text().trimmed().toStdString(), m_key->text().trimmed().toStdString()};
}

// Looks no further than whether the key has a passphrase; the rest is read when it is accepted.
void TlsDialog::check()
{
    const bool ends = m_ends->isChecked();
    for (QWidget* row : {m_certificate->parentWidget(), m_key->parentWidget()})
        row->setEnabled(ends);
    const session::TlsFiles now = files();
    bool locked = false;
    if (!now.key.empty()) {
        const auto asks = session::asksForPassphrase(now);
        locked = asks && asks.value();
    }
    m_rows->setRowVisible(m_passphrase, locked);
    m_buttons->button(QDialogButtonBox::Ok)
        ->setEnabled(!ends || (!now.certificate.empty() && !now.key.empty()));
    tell({});
}

// What is said takes the room that it needs.
void TlsDialog::tell(const QString& problem)
{
    say(m_problem, problem);
    constexpr int narrowest = 560;
    fitToWidth(this, std::max(narrowest, isVisible() ? width() : 0));
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
        tell(QString::fromStdString(pair.error().text()));
        return;
    }
    tell({});
    m_pair = std::move(pair).value();
    QDialog::accept();
}

} // namespace podglass::shell
