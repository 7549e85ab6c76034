// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/connect/namespace_choice.h"

#include "ui/connect/namespace_model.h"
#include "ui/connect/place_text.h"
#include "ui/theme/theme.h"

#include <QCoreApplication>
#include <QFrame>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QVBoxLayout>

namespace podglass::connect {

namespace {

constexpr int popupWidth = 340;
constexpr int popupHeight = 380;

} // namespace

NamespaceChoice::NamespaceChoice(QWidget* parent)
    : QToolButton(parent)
    , m_model(new NamespaceModel(this))
{
    setObjectName(QStringLiteral("namespaceChoice"));
    setProperty("kind", "button");
    setFocusPolicy(Qt::StrongFocus);
    setToolTip(tr("Which namespaces are shown (Alt+N)"));
    setShortcut(Qt::ALT | Qt::Key_N);
    m_popup = new QFrame(this);
    m_popup->hide();
    m_popup->setAutoFillBackground(true);
    m_popup->setFrameShape(QFrame::StyledPanel);
    m_popup->resize(popupWidth, popupHeight);
    m_search = new QLineEdit(m_popup);
    m_search->setObjectName(QStringLiteral("namespaceSearch"));
    m_search->setAccessibleName(tr("Search namespaces"));
    m_search->setPlaceholderText(tr("Type a namespace"));
    m_search->installEventFilter(this);
    m_list = new QListView(m_popup);
    m_list->setObjectName(QStringLiteral("namespaceList"));
    m_list->setAccessibleName(tr("Namespaces"));
    m_list->setModel(m_model);
    m_list->setUniformItemSizes(true);
    m_list->setFocusPolicy(Qt::NoFocus);
    auto* hint = new QLabel(tr("Enter ticks or unticks, Esc closes. A name that is not listed can "
                               "be typed. None ticked: all are shown."),
                            m_popup);
    hint->setWordWrap(true);
    hint->setProperty("tone", "muted");
    auto* column = new QVBoxLayout(m_popup);
    column->setContentsMargins(theme::gap, theme::gap, theme::gap, theme::gap);
    column->addWidget(m_search);
    column->addWidget(m_list, 1);
    column->addWidget(hint);
    connect(this, &QToolButton::clicked, this, &NamespaceChoice::openList);
    connect(m_search, &QLineEdit::textChanged, this, [this](const QString& text) {
        m_model->setQuery(text);
        m_list->setCurrentIndex(m_model->index(0));
    });
    connect(m_search, &QLineEdit::returnPressed, this, &NamespaceChoice::accept);
    connect(m_list, &QListView::clicked, this, [this](const QModelIndex& index) {
        toggle(index.row());
    });
    describe();
}

void NamespaceChoice::setNamespaces(const std::map<std::string, std::size_t>& counts)
{
    m_model->setNamespaces(counts);
}

void NamespaceChoice::clearChoice()
{
    m_model->clearChosen();
    describe();
}

const std::set<std::string>& NamespaceChoice::chosen() const
{
    return m_model->chosen();
}

void NamespaceChoice::openList()
{
    emit opening();
    m_search->clear();
    m_model->setQuery({});
    // Part of the window, not a window: it can be read and closed like everything else in it.
    m_popup->setParent(window());
    m_popup->move(mapTo(window(), QPoint(width() - popupWidth, height())));
    m_popup->show();
    m_popup->raise();
    m_list->setCurrentIndex(m_model->index(0));
    m_search->setFocus();
}

void NamespaceChoice::toggle(int row)
{
    const std::string name = m_model->name(row);
    if (name.empty())
        return;
    m_model->toggle(name);
    describe();
    emit chosenChanged();
}

void NamespaceChoice::accept()
{
    const std::string name = m_search->text().trimmed().toStdString();
    if (m_model->rowCount() != 0 || name.empty()) {
        toggle(m_list->currentIndex().row());
        m_search->selectAll();
        return;
    }
    m_model->toggle(name);
    m_search->clear();
    describe();
    emit typed(QString::fromStdString(name));
    emit chosenChanged();
}

void NamespaceChoice::describe()
{
    const auto& all = m_model->chosen();
    if (all.empty())
        setText(tr("All namespaces"));
    else if (all.size() == 1)
        setText(shownText(*all.begin()));
    else
        setText(tr("%n namespace(s)", nullptr, static_cast<int>(all.size())));
    setAccessibleName(tr("Namespaces shown: %1").arg(text()));
}

bool NamespaceChoice::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == m_search && event->type() == QEvent::FocusOut)
        m_popup->hide();
    if (watched == m_search && event->type() == QEvent::KeyPress) {
        switch (static_cast<QKeyEvent*>(event)->key()) {
        case Qt::Key_Escape:
            setFocus();
            return true;
        case Qt::Key_Up:
        case Qt::Key_Down:
        case Qt::Key_PageUp:
        case Qt::Key_PageDown:
            QCoreApplication::sendEvent(m_list, event);
            return true;
        default:
            break;
        }
    }
    return QToolButton::eventFilter(watched, event);
}

} // namespace podglass::connect
