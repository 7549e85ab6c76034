// SPDX-License-Identifier: GPL-3.0-or-later
// Where to connect: one field over one list of what was found (this machine, hosts of ssh_config
// and known_hosts, contexts of kubeconfig, addresses used before). With nothing typed Enter takes
// the first line; a typed address (user@host:port, ssh://…) is taken as it stands. Says at once
// what Enter would do and what a name stands for. Thread: the window's.
#pragma once

#include "core/base/result.h" // moc of Qt 6.4 cannot read <compare> as the first header
#include "core/session/address.h"
#include "core/targets/ssh_config.h"

#include "ui/connect/start_places.h"

#include <optional>

#include <QWidget>

class QCheckBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QRadioButton;
class QTableView;
class QVBoxLayout;

namespace podglass::connect {

class PlaceModel;

class HostForm : public QWidget
{
    Q_OBJECT

public:
    explicit HostForm(QWidget* parent = nullptr);

    // Also the names found in known_hosts files.
    void setSshConfig(targets::SshConfig config, const std::vector<std::string>& known = {});
    void setContexts(const std::vector<kubernetes::Context>& contexts);
    // Addresses in the form of session::print, the last one first, and those with a name.
    void setSaved(const std::vector<SavedAddress>& saved);
    void setTyped(const QString& text);
    void focusHost();

signals:
    // `viewOnly`: it was kept so.
    void connectWanted(const podglass::session::Address& address, bool viewOnly);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void buildField(QVBoxLayout* column);
    void buildList(QVBoxLayout* column);
    void buildTransport(QVBoxLayout* column);
    void onTyped(const QString& text);
    void onPublished();
    void describe();
    void submit();
    [[nodiscard]] const Place* current() const;
    // What Enter would open: the text, or else the current line.
    [[nodiscard]] std::optional<base::Result<session::Address>> wanted() const;
    [[nodiscard]] QString describeSsh(const session::Road& road, const char*& tone) const;

    targets::SshConfig m_config;
    std::vector<SavedAddress> m_saved;
    PlaceModel* m_model = nullptr;
    QTableView* m_view = nullptr;
    QLineEdit* m_host = nullptr;
    QLabel* m_reads = nullptr;
    QRadioButton* m_builtIn = nullptr;
    QRadioButton* m_system = nullptr;
    QCheckBox* m_sudo = nullptr;
    QPushButton* m_connect = nullptr;
    bool m_chosen = false; // somebody moved in the list
};

} // namespace podglass::connect
