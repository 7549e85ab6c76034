// SPDX-License-Identifier: GPL-3.0-or-later
// The requests that a filter is tried on while it is edited: copies, made by the caller from the
// newest rows of the store, at most limits::previewSample. Values; immutable once in a Sample.
#pragma once

#include "core/filter/evaluate.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <QString>

namespace podglass::ui {

struct SampleRequest
{
    std::string method;
    std::string target;
    std::vector<std::pair<std::string, std::string>> fields; // as sent
    flow::Endpoint source;
    std::uint16_t port = 0;
    std::optional<std::uint16_t> status;
    std::optional<std::uint64_t> durationMilliseconds;
    std::optional<std::uint64_t> size;
    std::string mode;   // "mirror", "stolen", "passed", "file"
    QString sourceName; // the pod or host it came from, if known
    base::Timestamp at;
};

// Newest first.
class Sample
{
public:
    Sample() = default;
    explicit Sample(std::vector<SampleRequest> requests);

    [[nodiscard]] std::size_t size() const { return m_state ? m_state->requests.size() : 0; }

    [[nodiscard]] const SampleRequest& request(std::size_t i) const { return m_state->requests[i]; }

    // Valid as long as some copy of the sample is.
    [[nodiscard]] const filter::Subject& subject(std::size_t i) const
    {
        return m_state->subjects[i];
    }

    [[nodiscard]] bool isProbe(std::size_t i) const { return m_state->probes[i]; }

private:
    struct State
    {
        std::vector<SampleRequest> requests;
        std::vector<std::vector<flow::HeaderField>> fields;
        std::vector<filter::Subject> subjects;
        std::vector<bool> probes;
    };

    std::shared_ptr<const State> m_state;
};

} // namespace podglass::ui
