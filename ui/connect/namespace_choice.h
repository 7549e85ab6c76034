// SPDX-License-Identifier: GPL-3.0-or-later
// NamespaceChoice: which namespaces of a cluster are shown: all, or those that are ticked. A button
// with a list below it that is searched by typing; a name that is not in the list can be typed, for
// users who must not list namespaces. Made for 20,000 of them. Thread: the window's.
#pragma once

#include <map>
#include <set>
#include <string>

#include <QToolButton>

class QFrame;
class QLineEdit;
class QListView;

namespace podglass::connect {

class NamespaceModel;

class NamespaceChoice : public QToolButton
{
    Q_OBJECT

public:
    explicit NamespaceChoice(QWidget* parent = nullptr);

    // With the number of places in each; taken only by an open list.
    void setNamespaces(const std::map<std::string, std::size_t>& counts);
    void clearChoice();

    [[nodiscard]] const std::set<std::string>& chosen() const;

    void openList();

signals:
    // The list is about to be shown: setNamespaces() is due.
    void opening();
    void chosenChanged();
    // A name that is in no list: it is ticked, and somebody may want to follow it.
    void typed(const QString& name);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void toggle(int row);
    void accept();
    void describe();

    NamespaceModel* m_model = nullptr;
    QFrame* m_popup = nullptr;
    QLineEdit* m_search = nullptr;
    QListView* m_list = nullptr;
};

} // namespace podglass::connect
