// SPDX-License-Identifier: Apache-2.0
#include "core/filter/filter.h"

namespace podglass::filter {

bool Group::operator==(const Group& other) const
{
    return kind == other.kind && enabled == other.enabled && children == other.children;
}

bool Node::operator==(const Node& other) const
{
    return item == other.item;
}

} // namespace podglass::filter
