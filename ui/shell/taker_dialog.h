// SPDX-License-Identifier: GPL-3.0-or-later
// TakerDialog: who answers stolen requests (an address, a fixed answer, a person), and what becomes
// of those that nobody answers. Values in and out; no session.
#pragma once

#ifndef Q_MOC_RUN // moc 6.4 stumbles over <compare>
#include "core/session/taker.h"
#include "core/wire/message.h"
#endif

#include <optional>

#include <QDialog>

class QButtonGroup;
class QCheckBox;
class QComboBox;
class QDialogButtonBox;
class QLabel;
class QLineEdit;
class QPlainTextEdit;
class QSpinBox;
class QStackedWidget;

namespace podglass::shell {

struct TakerChoice
{
    session::Taker taker;
    wire::OnTakerFailure onFailure = wire::OnTakerFailure::BadGateway;
};

// "127.0.0.1:8080", "[::1]:80", ":80"; nothing if it is no address.
std::optional<std::pair<std::string, std::uint16_t>> readAddress(const QString& text);
QString addressText(const session::Taker& taker);

// One "Name: value" a line.
std::vector<std::pair<std::string, std::string>> readHeaders(const QString& text);

class TakerDialog : public QDialog
{
    Q_OBJECT

public:
    explicit TakerDialog(const TakerChoice& choice, QWidget* parent = nullptr);

    [[nodiscard]] TakerChoice choice() const;

private:
    QWidget* makeAddressPage();
    QWidget* makeFixedPage();
    QWidget* makeHeldPage();
    void show(const TakerChoice& choice);
    void check();
    [[nodiscard]] QString problem() const;

    QButtonGroup* m_kind;
    QStackedWidget* m_pages;
    QLineEdit* m_address;
    QCheckBox* m_http1;
    QCheckBox* m_tls;
    QLineEdit* m_ca;
    QLineEdit* m_name;
    QSpinBox* m_status;
    QPlainTextEdit* m_headers;
    QPlainTextEdit* m_body;
    QLineEdit* m_file;
    QLineEdit* m_release;
    QComboBox* m_failure;
    QLabel* m_problem;
    QDialogButtonBox* m_buttons;
};

} // namespace podglass::shell
