// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/filter/tree_path.h"

#include <utility>

#include <QStringList>

namespace podglass::ui {

using filter::Filter;
using filter::Group;
using filter::Node;

Node* nodeAt(Filter& filter, const Path& path)
{
    Group* group = &filter;
    Node* node = nullptr;
    for (const std::size_t index : path) {
        if (group == nullptr || index >= group->children.size())
            return nullptr;
        node = &group->children[index];
        group = std::get_if<Group>(&node->item);
    }
    return node;
}

const Node* nodeAt(const Filter& filter, const Path& path)
{
    return nodeAt(const_cast<Filter&>(filter), path);
}

Group* groupAt(Filter& filter, const Path& path)
{
    if (path.empty())
        return &filter;
    Node* node = nodeAt(filter, path);
    return node != nullptr ? std::get_if<Group>(&node->item) : nullptr;
}

namespace {

Group* parentOf(Filter& filter, const Path& path)
{
    return path.empty() ? nullptr : groupAt(filter, Path(path.begin(), path.end() - 1));
}

} // namespace

void insertNode(Filter& filter, const Path& path, Node node)
{
    Group* parent = parentOf(filter, path);
    if (parent != nullptr && path.back() <= parent->children.size())
        parent->children.insert(parent->children.begin() + static_cast<std::ptrdiff_t>(path.back()),
                                std::move(node));
}

void removeNode(Filter& filter, const Path& path)
{
    if (nodeAt(filter, path) == nullptr)
        return;
    Group* parent = parentOf(filter, path);
    parent->children.erase(parent->children.begin() + static_cast<std::ptrdiff_t>(path.back()));
}

Path moveNode(Filter& filter, const Path& path, int steps)
{
    Path there = path;
    there.back() += static_cast<std::size_t>(steps); // wraps below 0, and is refused then
    Node* from = nodeAt(filter, path);
    Node* to = nodeAt(filter, there);
    if (from == nullptr || to == nullptr)
        return path;
    std::swap(*from, *to);
    return there;
}

void wrapNode(Filter& filter, const Path& path)
{
    Node* node = nodeAt(filter, path);
    if (node == nullptr)
        return;
    Group group;
    group.kind = filter::GroupKind::Any;
    group.children.push_back(std::move(*node));
    *node = Node{std::move(group)};
}

void setEnabled(Filter& filter, const Path& path, bool enabled)
{
    if (Node* node = nodeAt(filter, path))
        std::visit([enabled](auto& item) { item.enabled = enabled; }, node->item);
}

void require(Filter& filter, Node node)
{
    if (filter.kind != filter::GroupKind::All || !filter.enabled) {
        Group whole;
        if (!filter.children.empty())
            whole.children.push_back(Node{std::move(filter)});
        filter = std::move(whole);
    }
    filter.children.push_back(std::move(node));
}

QString numberOf(const Path& path)
{
    QStringList parts;
    for (const std::size_t index : path)
        parts << QString::number(index + 1);
    return parts.join(u'.');
}

} // namespace podglass::ui
