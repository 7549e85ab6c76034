// SPDX-License-Identifier: Apache-2.0
// Bodies of gRPC on any bytes, from the framing to the messages that the window lists: messages lie
// within the body and behind each other, how it is cut changes nothing, and reading them
// (inflating, fields of protocol buffers) stays within its limits.
#include "core/content/protobuf.h"
#include "core/parse/grpc_framing.h"
#include "core/store/messages.h"

#include <cstdlib>
#include <vector>

using namespace podglass;

namespace {

void require(bool holds)
{
    if (!holds)
        std::abort();
}

std::vector<flow::MessageFrame> frames(bytes::ByteView body, std::size_t cut)
{
    parse::GrpcFraming framing;
    framing.begin();
    std::vector<flow::MessageFrame> found;
    std::uint64_t offset = 0;
    while (!body.empty()) {
        bytes::ByteView piece = body.first(std::min(cut, body.size()));
        body = body.subspan(piece.size());
        while (!piece.empty()) {
            bool began = false;
            const std::size_t part = framing.advance(piece, began);
            require(part > 0 && part <= piece.size());
            offset += part;
            piece = piece.subspan(part);
            if (began)
                found.push_back(framing.frame({1}, flow::Direction::ServerToClient, offset));
        }
    }
    return found;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size < 2)
        return 0;
    constexpr std::array<std::string_view, 4> codings{"identity", "gzip", "deflate", "zstd"};
    const std::string_view coding = codings.at(data[0] & 3);
    const bytes::ByteView body(data + 1, size - 1);
    const auto whole = frames(body, body.size());
    const auto cut = frames(body, 1 + (data[0] >> 2));
    require(whole.size() == cut.size());
    store::Store store;
    const auto apply = [&store](flow::Body event) {
        store.apply(flow::Event{{1}, {1}, {}, std::move(event)});
    };
    const std::vector<flow::HeaderField> fields{{"content-type", "application/grpc"},
                                                {"grpc-encoding", coding}};
    apply(flow::RequestHead{{1}, "POST", "/a/b", 20, 0, fields, {}});
    apply(flow::ResponseHead{{1}, 200, {}, 20, 0, fields, {}});
    apply(flow::BodyData{{1}, flow::Direction::ServerToClient, 0, body});
    std::uint64_t end = 0;
    for (std::size_t i = 0; i < whole.size(); ++i) {
        require(whole[i].offset == cut[i].offset && whole[i].length == cut[i].length);
        require(whole[i].offset >= end + 5);
        end = whole[i].offset + whole[i].length;
        apply(whole[i]);
    }
    apply(flow::MessageEnd{
        {1}, flow::Direction::ServerToClient, flow::MessageFate::Complete, body.size(), 0, {}});
    store::MessageReader reader;
    reader.update(store, 1);
    require(reader.items().size() + reader.dropped() == whole.size());
    for (const store::MessageItem& item : reader.items()) {
        require(item.payload.size() <= limits::messageViewBytes);
        (void)content::protobufText(bytes::asBytes(item.payload));
        (void)content::protobufLine(bytes::asBytes(item.payload), 200);
    }
    return 0;
}
