// SPDX-License-Identifier: Apache-2.0
// podglassctl rules ADDRESS: the packet rules in force in a target, ours and those of others.
#pragma once

#include "app/ctl/live_client.h"

namespace podglass::ctl {

class RulesCommand : public LiveClient
{
public:
    RulesCommand(LiveOptions options, bool json);

protected:
    void connected(const wire::Hello& agent) override;
    void update(session::Update& update) override;

private:
    void print(const wire::Rules& rules) const;

    bool m_json;
    std::string m_target; // its name
};

} // namespace podglass::ctl
