// SPDX-License-Identifier: Apache-2.0
// podglassctl targets ADDRESS: what can be attached to on a host.
#pragma once

#include "app/ctl/live_client.h"

namespace podglass::ctl {

class TargetsCommand : public LiveClient
{
public:
    TargetsCommand(LiveOptions options, bool json);

protected:
    void connected(const wire::Hello& agent) override;
    void update(session::Update& update) override;

private:
    bool m_json;
};

} // namespace podglass::ctl
