// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/connect/connect_page.h"

#include "ui/connect/error_card.h"
#include "ui/connect/host_form.h"
#include "ui/connect/prompt_card.h"
#include "ui/connect/step_list.h"
#include "ui/theme/theme.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QPushButton>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace podglass::connect {

namespace {

constexpr int contentWidth = 760;

} // namespace

ConnectPage::ConnectPage(QWidget* parent)
    : QWidget(parent)
{
    setObjectName(QStringLiteral("connectPage"));
    setAccessibleName(tr("Connect"));
    m_pages = new QStackedWidget(this);
    m_pages->setMaximumWidth(contentWidth);
    auto* formPage = new QWidget(m_pages);
    auto* formColumn = new QVBoxLayout(formPage);
    formColumn->setContentsMargins(0, 0, 0, 0);
    m_back = new QPushButton(tr("Back"), formPage);
    m_back->setObjectName(QStringLiteral("connectBack"));
    m_back->setProperty("kind", "link");
    m_back->setToolTip(tr("Esc"));
    m_back->hide();
    formColumn->addWidget(m_back, 0, Qt::AlignLeft);
    m_form = new HostForm(formPage);
    formColumn->addWidget(m_form, 1);
    m_pages->addWidget(formPage);
    m_pages->addWidget(buildProgress());
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(theme::gapLarge, 2 * theme::gapLarge, theme::gapLarge, theme::gapLarge);
    row->addStretch(1);
    row->addWidget(m_pages, 100);
    row->addStretch(1);
    QObject::connect(m_back, &QPushButton::clicked, this, &ConnectPage::backWanted);
    QObject::connect(m_form,
                     &HostForm::connectWanted,
                     this,
                     [this](const session::Address& address, bool viewOnly) {
                         m_viewOnly = viewOnly;
                         emit connectWanted(address, viewOnly);
                     });
    QObject::connect(m_prompt,
                     &PromptCard::answered,
                     this,
                     [this](quint32 prompt, bool given, const QString& text) {
                         m_cancel->show();
                         emit promptAnswered(prompt, given, text);
                     });
    QObject::connect(m_cancel, &QPushButton::clicked, this, [this] {
        m_prompt->dismiss();
        showForm();
        emit cancelWanted();
    });
    QObject::connect(m_error, &ErrorCard::offerTaken, this, &ConnectPage::offerTaken);
    QObject::connect(m_error, &ErrorCard::backWanted, this, [this] { showForm(); });
    QObject::connect(m_error, &ErrorCard::retryWanted, this, [this] {
        emit connectWanted(m_address, m_viewOnly);
    });
}

QWidget* ConnectPage::buildProgress()
{
    auto* page = new QWidget(m_pages);
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme::gapLarge);
    m_title = new QLabel(page);
    m_title->setTextFormat(Qt::PlainText);
    m_title->setWordWrap(true);
    m_title->setProperty("tone", "title");
    m_steps = new StepList(page);
    m_prompt = new PromptCard(page);
    m_error = new ErrorCard(page);
    m_cancel = new QPushButton(tr("Cancel"), page);
    m_cancel->setObjectName(QStringLiteral("connectCancel"));
    m_cancel->setShortcut(Qt::Key_Escape);
    column->addWidget(m_title);
    column->addWidget(m_steps, 1);
    column->addWidget(m_prompt);
    column->addWidget(m_error);
    column->addWidget(m_cancel, 0, Qt::AlignRight);
    column->addStretch(0);
    return page;
}

void ConnectPage::setSshConfig(targets::SshConfig config, const std::vector<std::string>& known)
{
    m_form->setSshConfig(std::move(config), known);
}

void ConnectPage::setContexts(const std::vector<kubernetes::Context>& contexts)
{
    m_form->setContexts(contexts);
}

void ConnectPage::setSaved(const std::vector<SavedAddress>& saved)
{
    m_form->setSaved(saved);
}

void ConnectPage::setBack(const QString& name)
{
    m_back->setText(tr("\u2190 Back to %1").arg(QString(name).replace(u'&', QStringLiteral("&&"))));
    m_back->setVisible(!name.isEmpty());
}

void ConnectPage::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Escape && m_pages->currentIndex() == 0 && !m_back->isHidden())
        emit backWanted();
    else
        QWidget::keyPressEvent(event);
}

void ConnectPage::showForm(const QString& typed)
{
    m_pages->setCurrentIndex(0);
    if (!typed.isEmpty())
        m_form->setTyped(typed);
    m_form->focusHost();
}

void ConnectPage::showConnecting(const session::Address& address)
{
    m_address = address;
    const bool here = address.road.kind == session::RoadKind::Local;
    m_title->setText(here ? tr("Starting the agent on this machine")
                          : tr("Connecting to %1").arg(QString::fromStdString(address.road.host)));
    m_steps->clear();
    m_prompt->dismiss();
    m_error->hide();
    m_cancel->show();
    m_pages->setCurrentIndex(1);
    m_cancel->setFocus();
}

void ConnectPage::showStep(const session::Step& step)
{
    m_steps->show(step);
}

void ConnectPage::showPrompt(const session::Prompt& prompt)
{
    m_cancel->hide(); // the card has its own
    m_pages->setCurrentIndex(1);
    m_prompt->show(prompt);
}

void ConnectPage::showError(const base::Error& error, const QString& offer)
{
    m_prompt->dismiss();
    m_cancel->hide();
    m_error->setTried(m_steps->text());
    m_pages->setCurrentIndex(1);
    m_error->show(error, offer);
}

} // namespace podglass::connect
