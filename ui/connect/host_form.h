// SPDX-License-Identifier: GPL-3.0-or-later
// Where to connect: a host of ssh_config, a typed address (user@host:port or ssh://...), an
// address used before, or this machine; and which transport. Says at once what a name stands for,
// and which of its settings the built-in transport does not obey. Thread: the window's.
#pragma once

#include "core/session/address.h"
#include "core/targets/ssh_config.h"

#include <QWidget>

class QCheckBox;
class QComboBox;
class QLabel;
class QPushButton;
class QRadioButton;
class QVBoxLayout;

namespace podglass::connect {

class HostForm : public QWidget
{
    Q_OBJECT

public:
    explicit HostForm(QWidget* parent = nullptr);

    void setSshConfig(targets::SshConfig config);
    // Addresses in the form of session::print, the last one first.
    void setRecent(const QStringList& addresses);
    void setTyped(const QString& text);
    void focusHost();

signals:
    void connectWanted(const podglass::session::Address& address);

private:
    void buildTransport(QVBoxLayout* column);
    void describe();
    void submit();
    [[nodiscard]] base::Result<session::Address> address() const;

    targets::SshConfig m_config;
    QComboBox* m_host = nullptr;
    QLabel* m_reads = nullptr;
    QRadioButton* m_builtIn = nullptr;
    QRadioButton* m_system = nullptr;
    QCheckBox* m_sudo = nullptr;
    QPushButton* m_connect = nullptr;
    QPushButton* m_local = nullptr;
    QWidget* m_recent = nullptr;
};

} // namespace podglass::connect
