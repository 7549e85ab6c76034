// SPDX-License-Identifier: Apache-2.0
// A request and its answer as bytes, and as the account of connection_play.h says them.
#pragma once

#include "tests/support/connection_play.h"

#include <QTest>

namespace podglass::tests {

inline const std::string get = "GET /a HTTP/1.1\r\n\r\n";
inline const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
inline const std::string okText = " 200 OK Content-Length=2\n";

// The account of `ok` as the answer to exchange `id`.
inline std::string answered(int id)
{
    const std::string number = "#" + std::to_string(id);
    return "< " + number + okText + "< " + number + " body @0 hi\n< " + number + " complete 2\n";
}

} // namespace podglass::tests

#define SAME(actual, expected)                                                                     \
    QCOMPARE(QByteArray::fromStdString(actual), QByteArray::fromStdString(expected))
