// SPDX-License-Identifier: Apache-2.0
#include "core/export/har_writer.h"

namespace podglass::exporting {

namespace {

constexpr std::size_t writeBytes = std::size_t{256} << 10;

std::string count(std::uint64_t number, const char* one, const char* many)
{
    return std::to_string(number) + ' ' + (number == 1 ? one : many);
}

} // namespace

HarWriter::HarWriter(io::NewFile file, std::string_view version, Secrets secrets)
    : m_file(std::move(file))
    , m_secrets(secrets)
{
    m_out = R"({"log":{"version":"1.2","creator":)";
    JsonText json(m_out);
    json.beginObject();
    json.member("name", "Podglass");
    json.member("version", version);
    json.endObject();
    m_out += R"(,"entries":[)";
}

base::Status HarWriter::add(const store::Store& store, store::Number number)
{
    const store::Row* row = store.rows().at(number);
    if (row == nullptr) {
        ++m_gone;
        return base::Done{};
    }
    switch (row->kind) {
    case store::RowKind::Exchange:
        break;
    case store::RowKind::Gap:
        m_gaps += row->events;
        m_gapBytes += row->responseBytes;
        return base::Done{};
    case store::RowKind::Lost:
    case store::RowKind::Break:
        ++m_losses;
        return base::Done{};
    default:
        ++m_others;
        return base::Done{};
    }
    m_out += m_figures.entries == 0 ? "\n" : ",\n";
    JsonText json(m_out);
    appendHarEntry(json, store, number, m_secrets, m_figures);
    return flush(writeBytes);
}

base::Status HarWriter::flush(std::size_t unless)
{
    if (m_out.size() < unless)
        return base::Done{};
    auto written = m_file.write(bytes::asBytes(m_out));
    m_out.clear();
    return written;
}

std::string HarWriter::missing() const
{
    std::string text;
    const auto say = [&text](const std::string& what) {
        text += (text.empty() ? "" : "; ") + what;
    };
    if (m_gaps != 0)
        say(count(m_gaps, "gap", "gaps") + " of " + count(m_gapBytes, "byte", "bytes")
            + " in what was captured");
    if (m_losses != 0)
        say(count(m_losses, "place", "places") + " where something was lost on the way");
    if (m_figures.bodiesCut != 0)
        say(count(m_figures.bodiesCut, "body is", "bodies are") + " not whole");
    if (m_figures.withoutData != 0)
        say(count(m_figures.withoutData, "exchange", "exchanges")
            + " without heads and bodies, which were dropped to stay within the memory limit");
    if (m_gone != 0)
        say(count(m_gone, "row", "rows") + " dropped before they were written");
    if (m_others != 0)
        say(count(m_others, "row", "rows") + " that HAR has no place for");
    return text;
}

base::Status HarWriter::finish()
{
    std::string comment = "times are those of the capture";
    if (m_secrets == Secrets::Masked)
        comment += "; secrets in header fields are masked as ***, bodies and addresses are not";
    if (const std::string left = missing(); !left.empty())
        comment += "; " + left;
    m_out += "\n],\"comment\":";
    JsonText(m_out).value(comment);
    m_out += "}}\n";
    if (auto written = flush(0); !written)
        return written;
    return m_file.finish();
}

} // namespace podglass::exporting
