// SPDX-License-Identifier: Apache-2.0
// Slice: immutable bytes with shared ownership, to keep. Copying a Slice copies no bytes; the
// storage goes when the last Slice of it does, so no reader can meet reused memory.
// Thread: the count is atomic; a Slice may be handed to another thread.
#pragma once

#include "core/bytes/view.h"

#include <algorithm>
#include <memory>
#include <vector>

namespace podglass::bytes {

class Slice
{
public:
    Slice() = default;

    static Slice copyOf(ByteView bytes) { return take({bytes.begin(), bytes.end()}); }

    static Slice take(std::vector<std::uint8_t>&& bytes)
    {
        auto storage = std::make_shared<const std::vector<std::uint8_t>>(std::move(bytes));
        const ByteView view = *storage;
        return {std::move(storage), view};
    }

    // `view` is of bytes that `storage` holds and that nobody changes any more.
    static Slice of(std::shared_ptr<const void> storage, ByteView view)
    {
        return {std::move(storage), view};
    }

    [[nodiscard]] ByteView view() const { return m_view; }

    [[nodiscard]] std::size_t size() const { return m_view.size(); }

    [[nodiscard]] bool empty() const { return m_view.empty(); }

    // A part that shares the storage; offset and length are cut to what there is.
    [[nodiscard]] Slice part(std::size_t offset, std::size_t length) const
    {
        Slice cut = *this;
        offset = std::min(offset, m_view.size());
        cut.m_view = m_view.subspan(offset, std::min(length, m_view.size() - offset));
        return cut;
    }

private:
    Slice(std::shared_ptr<const void> storage, ByteView view)
        : m_storage(std::move(storage))
        , m_view(view)
    {}

    std::shared_ptr<const void> m_storage;
    ByteView m_view;
};

} // namespace podglass::bytes
