// SPDX-License-Identifier: Apache-2.0
// Bytes of messages and events (FORMAT.md). encode() appends one whole frame. decode() checks every
// length and count against what is there before it allocates; a frame that ends early, has bytes
// left over or an enumerator out of range is an error.
// Unknown types are not errors: decode() gives neither (the caller counts them) unless the frame
// says MustUnderstand.
#pragma once

#include "core/base/result.h"
#include "core/flow/event_batch.h"
#include "core/wire/frame.h"
#include "core/wire/message.h"

#include <vector>

namespace podglass::wire {

void encode(const Message& message, std::vector<std::uint8_t>& out);
void encode(const flow::Event& event, std::vector<std::uint8_t>& out);

// The same without the data of a body or stream, which is returned and must follow what was
// appended: the largest part of a frame is not copied only to be copied again. Empty: the frame is
// whole.
bytes::ByteView encodeWithoutData(const flow::Event& event, Scratch& out);

enum class FrameKind : std::uint8_t
{
    Control, // a wire::Message
    Flow,    // a flow::Event
    Unknown,
};

FrameKind kindOf(const Frame& frame);

// kindOf(frame) must be Control.
base::Result<Message> decodeMessage(const Frame& frame);

// kindOf(frame) must be Flow. Appends to batch.events; the event borrows from frame.payload, whose
// storage the caller puts into batch.storage.
base::Status decodeEvent(const Frame& frame, flow::EventBatch& batch);

// The error for a frame of unknown kind that must be understood; none if it may be skipped.
std::optional<base::Error> refuseUnknown(const Frame& frame);

} // namespace podglass::wire
