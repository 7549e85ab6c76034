// SPDX-License-Identifier: Apache-2.0
#include "core/parse/hpack_decoder.h"

#include "core/base/limits.h"

#include <cstdlib>
#include <malloc.h>
#include <nghttp2/nghttp2.h>

namespace podglass::parse {

namespace {

constexpr auto tooLarge = static_cast<std::uint16_t>(flow::MessageFlag::HeadTooLarge);
// Decoded text that is kept allocated between blocks.
constexpr std::size_t keptText = 4'096;

// The allocator that nghttp2 calls: sizes are the allocator's own, so that give() matches take().
void* charged(MemoryBudget& budget, void* memory)
{
    if (memory != nullptr && !budget.take(malloc_usable_size(memory))) {
        std::free(memory); // NOLINT(cppcoreguidelines-no-malloc)
        return nullptr;
    }
    return memory;
}

MemoryBudget& budgetOf(void* userData)
{
    return *static_cast<MemoryBudget*>(userData);
}

// NOLINTBEGIN(cppcoreguidelines-no-malloc): a C library's allocator
void* allocate(std::size_t size, void* userData)
{
    return charged(budgetOf(userData), std::malloc(size));
}

void* allocateZeroed(std::size_t count, std::size_t size, void* userData)
{
    return charged(budgetOf(userData), std::calloc(count, size));
}

void release(void* memory, void* userData)
{
    if (memory != nullptr)
        budgetOf(userData).give(malloc_usable_size(memory));
    std::free(memory);
}

void* reallocate(void* memory, std::size_t size, void* userData)
{
    MemoryBudget& budget = budgetOf(userData);
    const std::size_t before = memory == nullptr ? 0 : malloc_usable_size(memory);
    const std::size_t more = size > before ? size - before : 0;
    if (!budget.take(more))
        return nullptr;
    budget.give(more);
    void* moved = std::realloc(memory, size);
    if (moved == nullptr)
        return nullptr;
    budget.give(before);
    budget.force(malloc_usable_size(moved)); // what was asked for fitted, bar rounding
    return moved;
}

// NOLINTEND(cppcoreguidelines-no-malloc)

} // namespace

class HpackDecoder::Inflater
{
public:
    explicit Inflater(MemoryBudget& budget)
        : m_memory{&budget, allocate, release, allocateZeroed, reallocate}
    {
        if (nghttp2_hd_inflate_new2(&m_handle, &m_memory) != 0)
            m_handle = nullptr;
        else
            (void)nghttp2_hd_inflate_change_table_size(m_handle, limits::hpackTableBytes);
    }

    Inflater(const Inflater&) = delete;
    Inflater& operator=(const Inflater&) = delete;

    ~Inflater()
    {
        if (m_handle != nullptr)
            nghttp2_hd_inflate_del(m_handle);
    }

    // Null where the budget is used up.
    [[nodiscard]] nghttp2_hd_inflater* handle() const { return m_handle; }

private:
    nghttp2_mem m_memory; // the inflater keeps its address
    nghttp2_hd_inflater* m_handle = nullptr;
};

HpackDecoder::HpackDecoder(MemoryBudget& budget)
    : m_budget(budget)
{}

HpackDecoder::~HpackDecoder()
{
    m_budget.give(m_taken);
}

void HpackDecoder::begin()
{
    m_fields.clear();
    m_lengths.clear();
    m_text.clear();
    if (m_text.capacity() > keptText)
        m_text = {};
    m_budget.give(m_taken);
    m_taken = 0;
    m_flags = 0;
    if (m_broken || m_inflater)
        return;
    m_inflater = std::make_unique<Inflater>(m_budget);
    if (m_inflater->handle() == nullptr)
        giveUp();
}

void HpackDecoder::giveUp()
{
    m_broken = true;
    m_fields.clear();
    m_lengths.clear();
    m_text = {};
    m_inflater.reset();
}

void HpackDecoder::feed(bytes::ByteView piece)
{
    if (!m_broken && !piece.empty())
        inflate(piece, false);
}

void HpackDecoder::end()
{
    if (!m_broken)
        inflate({}, true);
    std::string_view rest = m_text;
    for (std::size_t i = 0; i + 1 < m_lengths.size(); i += 2) {
        const std::string_view name = rest.substr(0, m_lengths[i]);
        const std::string_view value = rest.substr(m_lengths[i], m_lengths[i + 1]);
        m_fields.push_back({name, value});
        rest.remove_prefix(name.size() + value.size());
    }
}

void HpackDecoder::inflate(bytes::ByteView piece, bool last)
{
    const std::uint8_t none = 0;
    const std::uint8_t* in = piece.empty() ? &none : piece.data();
    std::size_t left = piece.size();
    for (;;) {
        nghttp2_nv field{};
        int did = 0;
        const auto used =
            nghttp2_hd_inflate_hd2(m_inflater->handle(), &field, &did, in, left, last ? 1 : 0);
        if (used < 0) {
            giveUp();
            return;
        }
        in += used;
        left -= static_cast<std::size_t>(used);
        if ((did & NGHTTP2_HD_INFLATE_EMIT) != 0)
            store(bytes::asText({field.name, field.namelen}),
                  bytes::asText({field.value, field.valuelen}));
        if ((did & NGHTTP2_HD_INFLATE_FINAL) != 0) {
            nghttp2_hd_inflate_end_headers(m_inflater->handle());
            return;
        }
        if ((did & NGHTTP2_HD_INFLATE_EMIT) == 0 && left == 0)
            return;
    }
}

void HpackDecoder::store(std::string_view name, std::string_view value)
{
    const std::size_t size = name.size() + value.size();
    if (m_lengths.size() >= 2 * limits::headFields || size > limits::headBytes - m_text.size()
        || !m_budget.take(size)) {
        m_flags |= tooLarge;
        return;
    }
    m_taken += size;
    m_text += name;
    m_text += value;
    m_lengths.push_back(static_cast<std::uint32_t>(name.size()));
    m_lengths.push_back(static_cast<std::uint32_t>(value.size()));
}

} // namespace podglass::parse
