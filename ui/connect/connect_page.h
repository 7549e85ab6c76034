// SPDX-License-Identifier: GPL-3.0-or-later
// Connecting, from the choice of a host to the agent's hello, in one page without a modal box:
// the form, then the steps as they happen, questions and failures between them. Knows no session:
// whoever owns one feeds in what it says and carries out what is asked. Thread: the window's.
#pragma once

#include "core/session/address.h"
#include "core/session/update.h"
#include "core/targets/ssh_config.h"

#include "ui/connect/start_places.h"

#include <QWidget>

class QLabel;
class QPushButton;
class QStackedWidget;

namespace podglass::connect {

class ErrorCard;
class HostForm;
class PromptCard;
class StepList;

class ConnectPage : public QWidget
{
    Q_OBJECT

public:
    explicit ConnectPage(QWidget* parent = nullptr);

    // What there is to connect to; `known`: names of known_hosts.
    void setSshConfig(targets::SshConfig config, const std::vector<std::string>& known = {});
    void setContexts(const std::vector<kubernetes::Context>& contexts);
    void setSaved(const std::vector<SavedAddress>& saved);
    // There is something to go back to: its name, for a button and for Esc. Empty: nothing.
    void setBack(const QString& name);
    // Shows the form, ready to type; with a text that was typed elsewhere, and what is wrong in it.
    void showForm(const QString& typed = {});
    // Shows the steps of a connection that has just begun.
    void showConnecting(const session::Address& address);
    void showStep(const session::Step& step);
    void showPrompt(const session::Prompt& prompt);
    // `offer`: another way that may help, as a button; offerTaken says that it was chosen.
    void showError(const base::Error& error, const QString& offer = {});

signals:
    void connectWanted(const podglass::session::Address& address, bool viewOnly);
    void cancelWanted();
    void backWanted();
    void offerTaken();
    // given false: cancelled. For Session::answer.
    void promptAnswered(quint32 prompt, bool given, const QString& text);

protected:
    void keyPressEvent(QKeyEvent* event) override;

private:
    QWidget* buildProgress();

    QStackedWidget* m_pages = nullptr;
    HostForm* m_form = nullptr;
    QPushButton* m_back = nullptr;
    QLabel* m_title = nullptr;
    StepList* m_steps = nullptr;
    PromptCard* m_prompt = nullptr;
    ErrorCard* m_error = nullptr;
    QPushButton* m_cancel = nullptr;
    session::Address m_address;
    bool m_viewOnly = false;
};

} // namespace podglass::connect
