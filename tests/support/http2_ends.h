// SPDX-License-Identifier: Apache-2.0
// Both ends of an HTTP/2 connection for tests of the parser, and the accounts of their exchanges.
#pragma once

#include "tests/support/connection_play.h"
#include "tests/support/http2_writer.h"

#include <QTest>

namespace podglass::tests {

using W = support::Http2Writer;

// A client that has opened, with the server's first frames.
struct Http2Ends
{
    W client;
    W server;

    static std::string hello() { return W::preface() + W::settings() + W::settingsAck(); }

    static std::string welcome() { return W::settings() + W::settingsAck(); }
};

inline const std::string began = "protocol http/2\n";

inline std::string got(int id, const std::string& path)
{
    const std::string number = "#" + std::to_string(id);
    return "> " + number + " GET " + path + " v20 host=a\n> " + number + " complete 0\n";
}

inline std::string answered(int id, const std::string& body)
{
    const std::string number = "< #" + std::to_string(id);
    return number + " 200  v20\n" + number + " body @0 " + body + "\n" + number + " complete "
           + std::to_string(body.size()) + "\n";
}

inline std::string answer(W& server, std::uint32_t stream, const std::string& body)
{
    return server.response(stream, "200") + W::data(stream, body, true);
}

} // namespace podglass::tests

#define SAME(actual, expected)                                                                     \
    QCOMPARE(QByteArray::fromStdString(actual), QByteArray::fromStdString(expected))
