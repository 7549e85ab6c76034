// SPDX-License-Identifier: Apache-2.0
// The smallest agent: greets, answers pings, ends with its input. It stands for the real one where
// only the way to it is tested.
#include "core/wire/codec.h"

#include <cstdio>
#include <cstring>

#include <unistd.h>

using namespace podglass;

namespace {

void say(const wire::Message& message)
{
    std::vector<std::uint8_t> bytes;
    wire::encode(message, bytes);
    std::size_t done = 0;
    while (done < bytes.size()) {
        const ssize_t sent = ::write(STDOUT_FILENO, bytes.data() + done, bytes.size() - done);
        if (sent <= 0)
            ::_exit(1);
        done += static_cast<std::size_t>(sent);
    }
}

} // namespace

int main(int argc, char** argv)
{
    if (argc > 1 && std::strcmp(argv[1], "--version") == 0)
        return std::puts("greeting agent") < 0 ? 1 : 0;
    wire::Hello hello;
    hello.build = "test";
    hello.host = "rig";
    say(hello);
    wire::FrameBuffer buffer;
    for (;;) {
        const auto room = buffer.prepare(4'096);
        const ssize_t got = ::read(STDIN_FILENO, room.data(), room.size());
        if (got <= 0)
            return 0;
        buffer.commit(static_cast<std::size_t>(got));
        const auto frames = buffer.takeComplete();
        if (!frames)
            return 1;
        wire::FrameWalk walk(frames->view());
        while (const auto frame = walk.next()) {
            const auto message = wire::decodeMessage(*frame);
            if (const auto* ping = message ? std::get_if<wire::Ping>(&message.value()) : nullptr)
                say(wire::Pong{ping->token});
        }
    }
}
