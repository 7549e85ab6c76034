// SPDX-License-Identifier: Apache-2.0
// HarWriter: exchanges of a store into a HAR 1.2 file, one after the other: of the file only what
// is not written yet is in memory. What HAR has no place for (gaps, losses, connections without
// HTTP) is counted in the log's comment.
// Contract and errors: those of io::NewFile; the first error stays. Thread: the store's.
#pragma once

#include "core/export/har_entry.h"
#include "core/io/new_file.h"

namespace podglass::exporting {

class HarWriter
{
public:
    // `version`: of the program that writes.
    HarWriter(io::NewFile file, std::string_view version, Secrets secrets);

    // A row of another kind is counted; one that is not there any more as well.
    base::Status add(const store::Store& store, store::Number number);
    base::Status finish();

    [[nodiscard]] const HarFigures& figures() const { return m_figures; }

    // What the file does not say of what it was made of, in words; empty: nothing.
    [[nodiscard]] std::string missing() const;

private:
    base::Status flush(std::size_t unless);

    io::NewFile m_file;
    std::string m_out;
    Secrets m_secrets;
    HarFigures m_figures;
    std::uint64_t m_gone = 0;
    std::uint64_t m_gaps = 0;
    std::uint64_t m_gapBytes = 0;
    std::uint64_t m_losses = 0;
    std::uint64_t m_others = 0; // connections without HTTP
};

} // namespace podglass::exporting
