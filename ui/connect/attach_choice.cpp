// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/connect/attach_choice.h"

#include "ui/connect/place_text.h"
#include "ui/theme/theme.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QIntValidator>
#include <QKeyEvent>
#include <QLabel>
#include <QPushButton>
#include <QRadioButton>

namespace podglass::connect {

AttachChoice::AttachChoice(QWidget* parent)
    : QWidget(parent)
    , m_containerLabel(new QLabel(tr("C&ontainer"), this))
    , m_container(new QComboBox(this))
    , m_port(new QComboBox(this))
    , m_mirror(new QRadioButton(tr("&Mirror"), this))
    , m_viewOnly(new QRadioButton(tr("View onl&y"), this)) // Alt+V is the menu's
    , m_cancel(new QPushButton(tr("Cancel"), this))
    , m_attach(new QPushButton(tr("Attach"), this))
{
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(theme::gap);
    buildFields();
    buildModes();
    row->addStretch(1);
    m_cancel->setObjectName(QStringLiteral("targetCancel"));
    m_attach->setObjectName(QStringLiteral("targetAttach"));
    m_attach->setProperty("kind", "primary");
    row->addWidget(m_cancel);
    row->addWidget(m_attach);
    connect(m_attach, &QPushButton::clicked, this, &AttachChoice::attachWanted);
    connect(m_cancel, &QPushButton::clicked, this, &AttachChoice::cancelWanted);
}

void AttachChoice::buildFields()
{
    m_container->setObjectName(QStringLiteral("targetContainer"));
    m_container->setAccessibleName(tr("Container"));
    m_container->setToolTip(tr("Whose ports are offered; all containers of a pod share them"));
    m_container->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    m_containerLabel->setBuddy(m_container);
    auto* portLabel = new QLabel(tr("&Port"), this);
    m_port->setObjectName(QStringLiteral("targetPort"));
    m_port->setAccessibleName(tr("Port"));
    m_port->setEditable(true);
    m_port->setInsertPolicy(QComboBox::NoInsert);
    m_port->setMinimumContentsLength(6);
    m_port->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    m_port->setValidator(new QIntValidator(1, 65535, m_port));
    portLabel->setBuddy(m_port);
    for (QWidget* widget :
         std::initializer_list<QWidget*>{m_containerLabel, m_container, portLabel, m_port})
        layout()->addWidget(widget);
    connect(m_container, &QComboBox::activated, this, &AttachChoice::fillPorts);
    connect(m_port, &QComboBox::editTextChanged, this, &AttachChoice::updateAttach);
}

void AttachChoice::buildModes()
{
    m_mirror->setObjectName(QStringLiteral("targetMirror"));
    m_mirror->setToolTip(tr("Look; stealing requests stays one key away"));
    m_mirror->setChecked(true);
    m_viewOnly->setObjectName(QStringLiteral("targetViewOnly"));
    m_viewOnly->setToolTip(tr("Look; this window refuses to steal"));
    for (QRadioButton* mode : {m_mirror, m_viewOnly}) {
        mode->installEventFilter(this);
        layout()->addWidget(mode);
    }
}

void AttachChoice::setPlace(const Place* place)
{
    const bool same = place != nullptr && m_place && m_place->key == place->key;
    m_place = place == nullptr ? std::nullopt : std::optional(*place);
    if (!same)
        fillContainers();
    if (!same || m_port->count() == 0)
        fillPorts();
    updateAttach();
}

void AttachChoice::offerStealing(bool offered)
{
    m_viewOnly->setVisible(offered);
    m_mirror->setVisible(offered);
}

void AttachChoice::askForPort()
{
    m_port->setFocus();
}

quint16 AttachChoice::port() const
{
    return m_port->currentText().toUShort();
}

bool AttachChoice::viewOnly() const
{
    return m_viewOnly->isChecked();
}

void AttachChoice::fillContainers()
{
    m_container->clear();
    const bool choice = m_place && m_place->containers.size() > 1;
    if (choice) {
        m_container->addItem(tr("Any"));
        for (const std::string& name : m_place->containers)
            m_container->addItem(shownText(name), QByteArray::fromStdString(name));
    }
    m_container->setVisible(choice);
    m_containerLabel->setVisible(choice);
}

void AttachChoice::fillPorts()
{
    m_port->clear();
    if (!m_place)
        return;
    const std::string container = m_container->currentData().toByteArray().toStdString();
    for (const PlacePort& port : m_place->ports) {
        if (!container.empty() && port.container != container)
            continue;
        const QString number = QString::number(port.number);
        if (m_port->findText(number) >= 0)
            continue;
        m_port->addItem(number);
        m_port->setItemData(m_port->count() - 1, shownText(port.name), Qt::ToolTipRole);
    }
}

void AttachChoice::updateAttach()
{
    const bool context = m_place && m_place->group == PlaceGroup::Context;
    m_attach->setText(context ? tr("Open") : tr("Attach"));
    m_attach->setEnabled(context || (m_place && !m_port->currentText().isEmpty()));
}

// Enter attaches from the choice of mode too; the fields do so by themselves.
bool AttachChoice::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() == QEvent::KeyPress) {
        const int key = static_cast<QKeyEvent*>(event)->key();
        if (key == Qt::Key_Return || key == Qt::Key_Enter) {
            emit attachWanted();
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace podglass::connect
