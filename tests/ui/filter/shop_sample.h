// SPDX-License-Identifier: GPL-3.0-or-later
// 500 requests of a shop: 60 health probes, 440 of four users, every 11th a POST to the cart.
#pragma once

#include "ui/filter/sample.h"

namespace podglass::test {

inline constexpr int probesInShop = 60;

inline std::vector<ui::SampleRequest> shopSample(int count = 500)
{
    std::vector<ui::SampleRequest> requests;
    for (int i = 0; i < count; ++i) {
        ui::SampleRequest request;
        request.port = 8080;
        request.source = flow::Endpoint::v4(0x0a0a0000U + static_cast<unsigned>(i % 7), 40'000);
        request.at.nanoseconds = 1'780'000'000'000'000'000 - i * 310'000'000LL;
        if (i % 25 < 3) {
            request.method = "GET";
            request.target = "/healthz";
            request.fields = {{"Host", "10.1.2.3:8080"}, {"User-Agent", "kube-probe/1.29"}};
            request.sourceName = QStringLiteral("node-3");
        } else {
            const int user = i % 4 == 0 ? 7 : i % 4 + 8;
            request.method = i % 11 == 0 ? "POST" : "GET";
            request.target = i % 3 == 0 ? "/cart/items?page=" + std::to_string(i % 5)
                                        : "/catalog/" + std::to_string(i % 40);
            request.fields = {{"Host", "shop.test:8080"},
                              {"User-Agent", "Mozilla/5.0 (X11; Linux x86_64)"},
                              {"Accept", "application/json"},
                              {"Accept-Encoding", "gzip, br"},
                              {"X-Request-Id", "7c0e1a52-6a3b-4f0e-9d5c-" + std::to_string(i)},
                              {"Traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f0-01"},
                              {"X-User-Id", "qa-" + std::to_string(user)},
                              {"Cookie", "session=" + std::to_string(i * 7919)}};
            if (i % 50 == 10)
                request.fields.emplace_back("X-Debug", "1");
            request.sourceName = QStringLiteral("frontend-6c9");
        }
        requests.push_back(std::move(request));
    }
    return requests;
}

} // namespace podglass::test
