// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/connect/target_picker.h"

#include "core/wire/message.h"

#include "ui/connect/target_model.h"
#include "ui/theme/icon.h"
#include "ui/theme/theme.h"

#include <QComboBox>
#include <QCoreApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QIntValidator>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QRadioButton>
#include <QTreeView>
#include <QVBoxLayout>

namespace podglass::connect {

TargetPicker::TargetPicker(QWidget* parent)
    : QWidget(parent)
    , m_model(new TargetModel(this))
{
    setObjectName(QStringLiteral("targetPicker"));
    setAccessibleName(tr("Choose a target"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(theme::gapLarge, theme::gapLarge, theme::gapLarge, theme::gapLarge);
    column->setSpacing(theme::gap);
    buildHead();
    m_view = new QTreeView(this);
    m_view->setObjectName(QStringLiteral("targetList"));
    m_view->setAccessibleName(tr("Targets"));
    m_view->setModel(m_model);
    m_view->setRootIsDecorated(false);
    m_view->setUniformRowHeights(true);
    m_view->setAlternatingRowColors(true);
    m_view->setAllColumnsShowFocus(true);
    m_view->setTextElideMode(Qt::ElideMiddle);
    m_view->header()->setStretchLastSection(true);
    m_view->header()->resizeSection(TargetModel::Name, 240);
    m_view->header()->resizeSection(TargetModel::Kind, 90);
    m_view->header()->resizeSection(TargetModel::Ports, 220);
    column->addWidget(m_view, 1);
    buildFoot();
    QObject::connect(m_view, &QTreeView::activated, this, &TargetPicker::accept);
    QObject::connect(m_view->selectionModel(),
                     &QItemSelectionModel::currentRowChanged,
                     this,
                     &TargetPicker::onCurrent);
    begin();
}

void TargetPicker::buildHead()
{
    m_title = new QLabel(tr("Choose a target"), this);
    m_title->setTextFormat(Qt::PlainText);
    m_title->setProperty("tone", "title");
    m_search = new QLineEdit(this);
    m_search->setObjectName(QStringLiteral("targetSearch"));
    m_search->setAccessibleName(tr("Search targets"));
    m_search->setPlaceholderText(tr("Type a few letters of a name, kind, port or process"));
    m_search->setClearButtonEnabled(true);
    m_search->addAction(theme::icon("search"), QLineEdit::LeadingPosition);
    m_search->installEventFilter(this);
    m_refresh = new QPushButton(theme::icon("refresh"), tr("Refresh"), this);
    m_refresh->setObjectName(QStringLiteral("targetRefresh"));
    auto* row = new QHBoxLayout;
    row->addWidget(m_search, 1);
    row->addWidget(m_refresh);
    auto* column = static_cast<QVBoxLayout*>(layout());
    column->addWidget(m_title);
    column->addLayout(row);
    QObject::connect(m_search, &QLineEdit::textChanged, this, &TargetPicker::onSearch);
    QObject::connect(m_search, &QLineEdit::returnPressed, this, &TargetPicker::accept);
    QObject::connect(m_refresh, &QPushButton::clicked, this, &TargetPicker::refreshWanted);
}

void TargetPicker::buildFoot()
{
    m_status = new QLabel(this);
    m_status->setObjectName(QStringLiteral("targetStatus"));
    m_status->setTextFormat(Qt::PlainText);
    m_status->setWordWrap(true);
    m_status->setProperty("tone", "muted");
    m_problem = new QLabel(this);
    m_problem->setObjectName(QStringLiteral("targetProblem"));
    m_problem->setTextFormat(Qt::PlainText);
    m_problem->setWordWrap(true);
    m_problem->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_problem->setProperty("tone", "failure");
    m_problem->hide();
    auto* portLabel = new QLabel(tr("&Port"), this);
    m_port = new QComboBox(this);
    m_port->setObjectName(QStringLiteral("targetPort"));
    m_port->setAccessibleName(tr("Port"));
    m_port->setEditable(true);
    m_port->setValidator(new QIntValidator(1, 65535, m_port));
    portLabel->setBuddy(m_port);
    m_mirror = new QRadioButton(tr("&Mirror"), this);
    m_mirror->setObjectName(QStringLiteral("targetMirror"));
    m_mirror->setToolTip(tr("Look; stealing requests stays one key away"));
    m_mirror->setChecked(true);
    m_viewOnly = new QRadioButton(tr("&View only"), this);
    m_viewOnly->setObjectName(QStringLiteral("targetViewOnly"));
    m_viewOnly->setToolTip(tr("Look; this window refuses to steal"));
    m_cancel = new QPushButton(tr("Cancel"), this);
    m_cancel->setObjectName(QStringLiteral("targetCancel"));
    m_attach = new QPushButton(tr("Attach"), this);
    m_attach->setObjectName(QStringLiteral("targetAttach"));
    m_attach->setProperty("kind", "primary");
    auto* row = new QHBoxLayout;
    row->setSpacing(theme::gap);
    for (auto* widget : std::initializer_list<QWidget*>{portLabel, m_port, m_mirror, m_viewOnly}) {
        row->addWidget(widget);
    }
    row->addStretch(1);
    row->addWidget(m_cancel);
    row->addWidget(m_attach);
    auto* column = static_cast<QVBoxLayout*>(layout());
    column->addWidget(m_problem);
    column->addWidget(m_status);
    column->addLayout(row);
    QObject::connect(m_attach, &QPushButton::clicked, this, &TargetPicker::accept);
    QObject::connect(m_cancel, &QPushButton::clicked, this, &TargetPicker::cancelWanted);
    QObject::connect(m_port, &QComboBox::editTextChanged, this, [this](const QString& text) {
        m_attach->setEnabled(m_view->currentIndex().isValid() && !text.isEmpty());
    });
}

void TargetPicker::setHost(const QString& name)
{
    m_title->setText(name.isEmpty() ? tr("Choose a target")
                                    : tr("Choose a target on %1").arg(name));
}

void TargetPicker::setTargets(const wire::TargetList& list)
{
    const auto* current = m_model->target(m_view->currentIndex().row());
    const std::string kept = current == nullptr ? std::string() : current->spec;
    m_reading = false;
    m_note = QString::fromStdString(list.note);
    m_model->setTargets(list.targets);
    selectFirst();
    for (int row = 0; row < m_model->rowCount() && !kept.empty(); ++row) {
        if (m_model->target(row)->spec == kept) {
            m_view->setCurrentIndex(m_model->index(row, 0));
            break;
        }
    }
    updateStatus();
}

void TargetPicker::setLast(const QString& spec)
{
    m_model->setLast(spec);
    selectFirst();
}

void TargetPicker::showProblem(const QString& text)
{
    m_reading = false;
    m_problem->setText(text);
    m_problem->setVisible(!text.isEmpty());
    updateStatus();
}

void TargetPicker::begin()
{
    m_reading = true;
    m_note.clear();
    m_problem->hide();
    m_search->clear();
    m_model->setTargets({});
    onCurrent();
    updateStatus();
    m_search->setFocus();
}

void TargetPicker::onSearch(const QString& text)
{
    m_model->setQuery(text);
    selectFirst();
    updateStatus();
}

void TargetPicker::selectFirst()
{
    m_view->setCurrentIndex(m_model->index(0, 0));
    onCurrent();
}

void TargetPicker::onCurrent()
{
    const auto* target = m_model->target(m_view->currentIndex().row());
    m_port->clear();
    if (target != nullptr) {
        for (const auto port : portsOf(*target)) {
            m_port->addItem(QString::number(port));
        }
    }
    m_attach->setEnabled(target != nullptr && !m_port->currentText().isEmpty());
}

void TargetPicker::accept()
{
    const auto* target = m_model->target(m_view->currentIndex().row());
    const auto port = m_port->currentText().toUShort();
    if (target == nullptr) {
        return;
    }
    if (port == 0) {
        // Nothing listens there that we know of: the port is the user's to say.
        m_port->setFocus();
        return;
    }
    emit attachWanted(QString::fromStdString(target->spec), port, m_viewOnly->isChecked());
}

void TargetPicker::updateStatus()
{
    QString text;
    if (m_reading) {
        text = tr("Reading what runs there...");
    } else if (m_model->total() == 0) {
        text = tr("Nothing to look at was found.");
    } else if (m_model->rowCount() == 0) {
        text = tr("No target matches \"%1\".").arg(m_search->text());
    } else {
        text = tr("%1 of %2").arg(m_model->rowCount()).arg(m_model->total());
    }
    m_status->setText(m_note.isEmpty() ? text : text + QStringLiteral("  ·  ") + m_note);
}

bool TargetPicker::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == m_search && event->type() == QEvent::KeyPress) {
        switch (static_cast<QKeyEvent*>(event)->key()) {
        case Qt::Key_Up:
        case Qt::Key_Down:
        case Qt::Key_PageUp:
        case Qt::Key_PageDown:
            QCoreApplication::sendEvent(m_view, event);
            return true;
        case Qt::Key_Escape:
            if (m_search->text().isEmpty()) {
                emit cancelWanted();
            } else {
                m_search->clear();
            }
            return true;
        default:
            break;
        }
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace podglass::connect
