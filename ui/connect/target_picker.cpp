// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/connect/target_picker.h"

#include "core/wire/message.h"

#include "ui/connect/attach_choice.h"
#include "ui/connect/kind_chips.h"
#include "ui/connect/namespace_choice.h"
#include "ui/connect/place_model.h"
#include "ui/connect/place_text.h"
#include "ui/connect/place_view.h"
#include "ui/connect/places_from.h"
#include "ui/theme/icon.h"
#include "ui/theme/theme.h"

#include <QCoreApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QPushButton>
#include <QTableView>
#include <QVBoxLayout>

namespace podglass::connect {

namespace {

constexpr const char* hostSource = "host";

} // namespace

TargetPicker::TargetPicker(QWidget* parent)
    : QWidget(parent)
    , m_model(new PlaceModel(this))
{
    setObjectName(QStringLiteral("targetPicker"));
    setAccessibleName(tr("Choose a target"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(theme::gapLarge, theme::gapLarge, theme::gapLarge, theme::gapLarge);
    column->setSpacing(theme::gap);
    buildHead();
    buildList();
    buildFoot();
    connect(m_model, &PlaceModel::published, this, &TargetPicker::onPublished);
    begin();
}

void TargetPicker::setBeside(const QString& name)
{
    showTitle(name);
    m_choice->offerStealing(name.isEmpty());
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
    m_search->setToolTip(tr("!word  without it\nkind/word  pod/, deploy/, service/, container/ …\n"
                            "ns/shop  in this namespace; several: in any of them\n"
                            "app=shop  by label\n:8080  by port"));
    m_search->setClearButtonEnabled(true);
    m_search->addAction(theme::icon("search"), QLineEdit::LeadingPosition);
    m_search->installEventFilter(this);
    m_namespaces = new NamespaceChoice(this);
    m_namespaces->hide();
    m_refresh = new QPushButton(theme::icon("refresh"), tr("Refresh"), this);
    m_refresh->setObjectName(QStringLiteral("targetRefresh"));
    auto* row = new QHBoxLayout;
    row->addWidget(m_search, 1);
    row->addWidget(m_namespaces);
    row->addWidget(m_refresh);
    m_kinds = new KindChips(this);
    auto* column = static_cast<QVBoxLayout*>(layout());
    column->addWidget(m_title);
    column->addLayout(row);
    column->addWidget(m_kinds, 0, Qt::AlignLeft);
    connect(m_search, &QLineEdit::textChanged, this, &TargetPicker::onSearch);
    connect(m_search, &QLineEdit::returnPressed, this, &TargetPicker::accept);
    connect(m_refresh, &QPushButton::clicked, this, &TargetPicker::refreshWanted);
    connect(m_kinds, &KindChips::chosenChanged, this, [this] {
        m_model->setGroups(m_kinds->chosen());
    });
    connect(m_namespaces, &NamespaceChoice::chosenChanged, this, [this] {
        m_model->setNamespaces(m_namespaces->chosen());
    });
    connect(m_namespaces, &NamespaceChoice::opening, this, [this] {
        m_namespaces->setNamespaces(m_model->index().namespaces());
    });
    connect(m_namespaces, &NamespaceChoice::typed, this, &TargetPicker::namespaceWanted);
}

void TargetPicker::buildList()
{
    m_view = makePlaceView(QStringLiteral("targetList"), m_model, this);
    m_view->setAccessibleName(tr("Targets"));
    m_view->setAlternatingRowColors(true);
    QHeaderView* header = m_view->horizontalHeader();
    header->setHighlightSections(false);
    header->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    header->resizeSection(PlaceModel::Name, 280);
    header->resizeSection(PlaceModel::Kind, 90);
    header->resizeSection(PlaceModel::Where, 130);
    header->resizeSection(PlaceModel::Status, 190);
    header->resizeSection(PlaceModel::Ports, 200);
    header->resizeSection(PlaceModel::Detail, 260);
    static_cast<QVBoxLayout*>(layout())->addWidget(m_view, 1);
    connect(m_view, &QTableView::activated, this, &TargetPicker::accept);
    connect(m_view, &QTableView::pressed, this, [this] { m_chosen = true; });
    connect(m_view->selectionModel(),
            &QItemSelectionModel::currentRowChanged,
            this,
            &TargetPicker::onCurrent);
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
    m_choice = new AttachChoice(this);
    auto* column = static_cast<QVBoxLayout*>(layout());
    column->addWidget(m_problem);
    column->addWidget(m_status);
    column->addWidget(m_choice);
    connect(m_choice, &AttachChoice::attachWanted, this, &TargetPicker::accept);
    connect(m_choice, &AttachChoice::cancelWanted, this, &TargetPicker::cancelWanted);
}

void TargetPicker::setHost(const QString& name)
{
    m_model->clear();
    m_refusals.clear();
    m_host = name;
    showTitle({});
}

void TargetPicker::showTitle(const QString& beside)
{
    m_title->setText(!beside.isEmpty()  ? tr("Choose a target to follow beside %1").arg(beside)
                     : m_host.isEmpty() ? tr("Choose a target")
                                        : tr("Choose a target on %1").arg(m_host));
}

void TargetPicker::setTargets(const wire::TargetList& list)
{
    m_reading = false;
    m_note = shownText(list.note);
    m_model->replace(hostSource, placesOf(list, {}));
    updateStatus();
}

void TargetPicker::setRecent(const QStringList& specs)
{
    m_model->setRecent(specs);
}

void TargetPicker::setLast(const QString& spec)
{
    setRecent(spec.isEmpty() ? QStringList() : QStringList{spec});
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
    m_chosen = false;
    m_attachDue = false;
    m_note.clear();
    m_problem->hide();
    m_search->clear();
    m_kinds->clearChoice();
    onCurrent();
    updateStatus();
    m_search->setFocus();
}

void TargetPicker::onSearch(const QString& text)
{
    m_chosen = false;
    m_attachDue = false;
    m_model->setQuery(text);
    updateStatus();
}

// The best match is the current one until somebody moves; from then on it is what was chosen.
void TargetPicker::onPublished()
{
    if (!m_chosen || !m_view->currentIndex().isValid())
        selectFirst();
    m_kinds->setCounts(m_model->index());
    showColumns();
    onCurrent();
    updateStatus();
    if (m_attachDue && !m_model->busy()) {
        m_attachDue = false;
        attachCurrent();
    }
}

// Columns that say nothing of any place are not there.
void TargetPicker::showColumns()
{
    const PlaceIndex& index = m_model->index();
    const bool cluster = index.count(PlaceGroup::Workload) != 0 || !index.namespaces().empty();
    m_view->setColumnHidden(PlaceModel::Where, !cluster);
    m_view->setColumnHidden(PlaceModel::Status, !cluster);
    m_view->setColumnHidden(PlaceModel::InUse, !cluster);
}

void TargetPicker::selectFirst()
{
    if (m_view->currentIndex().row() != 0 || !m_view->currentIndex().isValid())
        m_view->setCurrentIndex(m_model->index(0, 0));
    m_view->scrollToTop();
}

const Place* TargetPicker::current() const
{
    return m_model->place(m_view->currentIndex().row());
}

void TargetPicker::onCurrent()
{
    m_choice->setPlace(current());
}

void TargetPicker::accept()
{
    if (m_model->busy() && !m_chosen) {
        m_attachDue = true; // the best match is not known yet
        return;
    }
    attachCurrent();
}

void TargetPicker::attachCurrent()
{
    const Place* place = current();
    if (place == nullptr)
        return;
    const quint16 port = m_choice->port();
    if (port == 0 && place->group != PlaceGroup::Context) {
        m_choice->askForPort();
        return;
    }
    emit attachWanted(QString::fromStdString(place->spec), port, m_choice->viewOnly());
}

void TargetPicker::updateStatus()
{
    const QLocale locale;
    const auto total = static_cast<qulonglong>(m_model->index().total());
    QString text;
    if (total == 0)
        text = m_reading ? tr("Reading what runs there...") : tr("Nothing to look at was found.");
    else if (m_model->rowCount() == 0 && !m_model->busy())
        text = m_search->text().isEmpty() ? tr("Nothing of this kind.")
                                          : tr("No target matches \"%1\".").arg(m_search->text());
    else
        text = tr("%1 of %2").arg(locale.toString(m_model->rowCount()), locale.toString(total));
    if (total != 0 && m_reading)
        text += tr(" - still listing");
    else if (m_model->busy())
        text += tr(" - searching");
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
            m_chosen = true;
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
