// SPDX-License-Identifier: GPL-3.0-or-later
// TlsDialog: the certificate and private key by which TLS of the stolen port ends at the agent.
// Reads the files; a key that has a passphrase asks for it. Neither key nor passphrase is kept or
// shown.
#pragma once

#ifndef Q_MOC_RUN // moc 6.4 stumbles over <compare>
#include "core/session/tls_files.h"
#endif

#include <optional>

#include <QDialog>

class QCheckBox;
class QDialogButtonBox;
class QFormLayout;
class QLabel;
class QLineEdit;

namespace podglass::shell {

class TlsDialog : public QDialog
{
    Q_OBJECT

public:
    TlsDialog(const session::TlsFiles& files, quint16 port, QWidget* parent = nullptr);

    // Unchecked: none; TLS is left alone.
    [[nodiscard]] session::TlsFiles files() const;

    // After it was accepted with files; once.
    std::optional<session::TlsPair> takePair() { return std::exchange(m_pair, std::nullopt); }

    void accept() override;

private:
    void check();
    void tell(const QString& problem);

    QCheckBox* m_ends;
    QLineEdit* m_certificate;
    QLineEdit* m_key;
    QFormLayout* m_rows;
    QLineEdit* m_passphrase;
    QLabel* m_problem;
    QDialogButtonBox* m_buttons;
    std::optional<session::TlsPair> m_pair;
};

} // namespace podglass::shell
