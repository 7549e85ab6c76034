// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/filter/sample.h"

#include "core/base/limits.h"
#include "core/filter/presets.h"

namespace podglass::ui {

Sample::Sample(std::vector<SampleRequest> requests)
{
    auto state = std::make_shared<State>();
    if (requests.size() > limits::previewSample)
        requests.resize(limits::previewSample);
    state->requests = std::move(requests);
    for (const SampleRequest& request : state->requests) {
        std::vector<flow::HeaderField> fields;
        fields.reserve(request.fields.size());
        for (const auto& [name, value] : request.fields)
            fields.push_back({name, value});
        state->fields.push_back(std::move(fields));
        filter::Subject subject;
        subject.method = request.method;
        subject.target = request.target;
        subject.fields = state->fields.back(); // the elements do not move with their vector
        subject.source = request.source;
        subject.port = request.port;
        subject.status = request.status;
        subject.durationMilliseconds = request.durationMilliseconds;
        subject.size = request.size;
        subject.mode = request.mode;
        state->probes.push_back(filter::looksLikeProbe(subject.fields));
        state->subjects.push_back(subject);
    }
    m_state = std::move(state);
}

} // namespace podglass::ui
