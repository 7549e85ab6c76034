// SPDX-License-Identifier: Apache-2.0
// Heads on the wire: the head's own bytes once, and every text as a place in them, so that neither
// encoding nor decoding copies a header. Texts that are not part of the raw head (HTTP/2) are
// appended behind it.
#pragma once

#include "core/flow/event_batch.h"
#include "core/wire/decoder.h"
#include "core/wire/encoder.h"

namespace podglass::wire {

void encodeHead(Encoder& encoder, const flow::RequestHead& head);
void encodeHead(Encoder& encoder, const flow::ResponseHead& head);
void encodeEnd(Encoder& encoder, const flow::MessageEnd& end);

void decodeHead(Decoder& decoder, flow::RequestHead& head, flow::EventBatch& batch);
void decodeHead(Decoder& decoder, flow::ResponseHead& head, flow::EventBatch& batch);
void decodeEnd(Decoder& decoder, flow::MessageEnd& end, flow::EventBatch& batch);

} // namespace podglass::wire
