// SPDX-License-Identifier: Apache-2.0
// Every limit of Podglass in one file: what can fill up, how far, and what happens then (policy).
// Each has a counter that the charts or the loss panel show. Units are in the names.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace podglass::limits {

inline constexpr std::size_t kibibyte = 1024;

// -- capture -------------------------------------------------------------------------------------
// Policy when full: the kernel drops packets; its own counter is read each second and shown.
inline constexpr std::size_t captureRingBytes = std::size_t{8} << 20;
// Of the loopback interface, whose packets are handed over within the machine: every agent has one,
// most see little on it, and the kernel's memory counts for the process from the start.
inline constexpr std::size_t loopbackRingBytes = std::size_t{4} << 20;
// A packet is never cut below this: BIG TCP super-packets pass 64 KiB.
inline constexpr std::size_t snapLength = 262'144;

// Capture files (pcapng blocks are refused above this, the file is then damaged).
inline constexpr std::size_t captureBlockBytes = std::size_t{16} << 20;
inline constexpr std::size_t captureFileInterfaces = 4'096;

// -- demux ---------------------------------------------------------------------------------------
// Policy: the idlest connection is closed with reason Evicted.
inline constexpr std::size_t connections = 65'536;
inline constexpr std::size_t halfOpenConnections = 16'384;
inline constexpr std::chrono::seconds idleConnection{600};
inline constexpr std::chrono::seconds halfOpenConnection{30};
// Policy: the oldest datagram is dropped and counted.
inline constexpr std::size_t fragmentedDatagrams = 64;
inline constexpr std::size_t fragmentedDatagramBytes = 65'536;
inline constexpr std::size_t fragmentIslands = 64; // separate parts of one datagram
inline constexpr std::chrono::seconds fragmentAge{30};
// Closed connections are remembered, so that stragglers do not open new ones; oldest forgotten.
inline constexpr std::size_t closedConnections = 4'096;
inline constexpr std::chrono::seconds closedConnection{10};
// Four-tuples that are about to be the proxy's, or were, or are outgoing; oldest forgotten.
inline constexpr std::size_t ignoredConnections = 16'384;
inline constexpr std::chrono::seconds ignoredConnection{600};
// Ports one kernel filter names; with more, all TCP passes it and user space decides.
inline constexpr std::size_t filteredPorts = 256;
// Old connections of a stolen port that its kernel filter names; with more, all of the port passes.
inline constexpr std::size_t filteredPeers = 32;

// -- reassembly ----------------------------------------------------------------------------------
// Policy: the oldest hole is declared lost, as a Gap event; never waits.
inline constexpr std::size_t outOfOrderBytesPerDirection = 256 * kibibyte;
inline constexpr std::size_t outOfOrderBytesTotal = std::size_t{8} << 20;
// A hole that nobody acknowledges: where acknowledgements are not seen at all, and where they are
// (then the receiver waits for it as well).
inline constexpr std::chrono::seconds holePatience{2};
inline constexpr std::chrono::seconds unacknowledgedHolePatience{60};
// A hole that is acknowledged was missed by the capture; captures may swap packets for this long.
inline constexpr std::chrono::milliseconds acknowledgedHolePatience{50};
// What a queued segment costs beside its bytes; counts against the limits above.
inline constexpr std::size_t outOfOrderOverhead = 128;
// Delivered bytes that are kept, for all connections together, to compare retransmissions with.
// Policy: the oldest are overwritten; what can no longer be compared is counted.
inline constexpr std::size_t historyBytes = std::size_t{2} << 20;
// Both versions of conflicting bytes are kept for the user up to this.
inline constexpr std::size_t conflictBytes = 4'096;

// -- parse ---------------------------------------------------------------------------------------
// Policy: the message is kept as raw bytes and flagged HeadTooLarge.
inline constexpr std::size_t headBytes = 65'536;
inline constexpr std::size_t headFields = 200;
inline constexpr std::size_t requestLineBytes = 16'384;
// A chunk's size line with its extensions; policy: framing error, the rest is shown raw.
inline constexpr std::size_t chunkLineBytes = 4'096;
// Of a TLS client hello, to find the server name; policy: shown as TLS without a name.
inline constexpr std::size_t tlsHelloBytes = 20'480;
// Bytes of one direction held back while the other must decide what they are (a response without
// its request, bytes behind a request to upgrade); policy: decided without it.
inline constexpr std::size_t undecidedBytes = 65'536;
// Of a PROXY protocol header (version 2 may carry 64 KiB of notes); policy: shown raw.
inline constexpr std::size_t proxyHeaderBytes = 4'096;
// Unanswered pipelined requests per connection; policy: oldest is ended as Unanswered.
inline constexpr std::size_t pipelinedRequests = 256;
// HTTP/2: compressed bytes and frames of one header block; policy: the connection is shown raw.
inline constexpr std::size_t headerBlockBytes = 65'536;
inline constexpr std::size_t headerBlockFrames = 8;
// An encoder's dynamic table (RFC 7541 4.2); policy: its headers cannot be read from there.
inline constexpr std::size_t hpackTableBytes = std::size_t{1} << 20;
// Unfinished streams of one connection; policy: the oldest is ended as it stands.
inline constexpr std::size_t http2Streams = 1'024;
// All HTTP/2 connections of one target: tables, decoded headers, streams. Policy: as above.
inline constexpr std::size_t http2Bytes = std::size_t{8} << 20;
// Streams a client resets before their answer: so many at once, so many more a second. Policy: the
// streams beyond are not shown one by one, only counted.
inline constexpr std::uint32_t http2Resets = 1'000;
inline constexpr std::uint32_t http2ResetsPerSecond = 33;
// Bytes of one body that are sent to clients per direction unless a subscription says otherwise;
// the rest is counted in MessageEnd::bodyBytes.
inline constexpr std::uint64_t bodyPreviewBytes = 256 * kibibyte;

// -- channel -------------------------------------------------------------------------------------
// Policy: the oldest chunk is reused; a client that had not read it gets Lost. At 5 Gbit/s this is
// 25 ms: what a client on a busy machine may not get to run for, and more than half of that passed
// with 8 MiB.
inline constexpr std::size_t ringBytes = std::size_t{16} << 20;
inline constexpr std::size_t ringChunkBytes = 256 * kibibyte;
// What the rings of one agent hold together: one for each target and one for the proxy. Policy: a
// ring that finds nothing left reuses its own oldest chunk. Chunks that every client has read are
// used again first, so a ring takes memory only as far as somebody lags; it is given back after:
inline constexpr std::size_t allRingsBytes = std::size_t{16} << 20;
inline constexpr std::chrono::seconds ringIdle{2};
// Heads of one client that wait while it is too slow for their bodies; policy: whole messages are
// lost, as Lost events.
inline constexpr std::size_t savedHeadBytes = 256 * kibibyte;
// Largest data part of one event; longer ones are split.
inline constexpr std::size_t eventDataBytes = 32 * kibibyte;

// Connections of one client that lost something and have not begun a new message yet; policy:
// further losses are told without their connection.
inline constexpr std::size_t losingConnections = 1'024;
// What is owed to a client about targets as a whole (the kernel's drops); policy: lost, counted.
inline constexpr std::size_t owedNoteBytes = 16 * kibibyte;

// -- wire ----------------------------------------------------------------------------------------
// Policy: a longer frame is a protocol error and ends that connection.
inline constexpr std::size_t frameBytes = std::size_t{1} << 20;
inline constexpr std::uint64_t channelCreditBytes = 256 * kibibyte;
// Credit of a client for events: what may be under way on a long road (4 MiB is 40 MB/s at 100 ms).
inline constexpr std::uint64_t eventCreditBytes = std::uint64_t{4} << 20;
inline constexpr std::chrono::seconds keepAliveInterval{5};
inline constexpr std::chrono::seconds silentPeer{15};
inline constexpr std::size_t clientsPerAgent = 32;
// Each has a capture thread and a ring; policy: the attach is refused.
inline constexpr std::size_t attachedTargets = 32;
// Port states of one target that wait for its capture; policy: the oldest is told early.
inline constexpr std::size_t heldPortStates = 1024;
// Bytes waiting for one client's socket besides the ring; policy: the client is closed.
inline constexpr std::size_t clientBacklogBytes = std::size_t{1} << 20;

// -- steal ---------------------------------------------------------------------------------------
// Policy: the redirect is removed, so that new connections go to the service directly.
inline constexpr std::size_t proxiedConnections = 4'096;
// Policy: reading from the faster side stops (back-pressure).
inline constexpr std::size_t proxyBufferBytes = 256 * kibibyte;
inline constexpr std::chrono::seconds takerSilence{30};
// Connections that were passed on when the last client left are seen out: the agent stays for them,
// redirects nothing any more and ends with the last. Policy: one that carried no byte for so long
// is closed, and what is left after so long in all is reset.
inline constexpr std::chrono::seconds seenOutSilence{900};
inline constexpr std::chrono::hours seenOutMost{12};
// The same where the target is gone and no process is left in its namespace: only what still moves
// is waited for.
inline constexpr std::chrono::seconds seenOutOfNobody{3};
// A head that stays incomplete. Policy: the connection is relayed raw and matches no filter.
inline constexpr std::chrono::milliseconds unknownProtocolPatience{200};
// A server that may be HTTP/2 has spoken first: so long its client may take to say the same.
// Policy: relayed raw; must be short of what a caller of another protocol would notice.
inline constexpr std::chrono::milliseconds serverFirstPatience{40};
inline constexpr std::chrono::seconds headPatience{30};
// The rest of a request that was answered early, and the goodbye of a connection. Policy: closed.
inline constexpr std::size_t drainBytes = 65'536;
inline constexpr std::chrono::seconds drainPatience{2};
// TLS that ends at the agent: handshakes of one port at once; 512 under way were measured to take
// 36 MiB. Policy: further connections are passed on untouched, counted. What ended its handshake is
// bounded by proxiedConnections.
inline constexpr std::size_t tlsHandshakes = 512;
// From the caller's first byte to the end of both handshakes. Policy: closed, counted.
inline constexpr std::chrono::seconds tlsHandshakePatience{10};
// Ports of one target, of all its clients, that have a certificate. Policy: the steal is refused.
inline constexpr std::size_t tlsPorts = 64;
// A certificate chain, and a key, as PEM. Policy: refused by name.
inline constexpr std::size_t pemBytes = 64 * kibibyte;
// HTTP/2 in the path: what a peer may send of one stream before its receiver took it, and on the
// whole connection where the port's bodies below are used up. Policy: flow control (RFC 9113 5.2).
inline constexpr std::size_t http2StreamWindow = 128 * kibibyte;
inline constexpr std::size_t http2ConnectionWindow = proxyBufferBytes;
// Bodies under way of all HTTP/2 connections of one port. Policy: connection windows close.
inline constexpr std::size_t http2BodiesUnderWay = std::size_t{16} << 20;
// A decoded head on its way; policy: its stream is reset.
inline constexpr std::size_t http2HeadBytes = 256 * kibibyte;
inline constexpr std::uint32_t http2ConcurrentStreams = 256;
// Frames of a caller that carry nothing: so many at once, and so many a second in the long run;
// with more, its connection ends by GOAWAY.
inline constexpr std::uint32_t http2IdleFrames = 10'000;
inline constexpr std::uint32_t http2IdleFramesPerSecond = 330;
// Of a stolen request, kept for another try at the service; policy: then a failed taker means 502.
inline constexpr std::size_t replayBytes = 64 * kibibyte;
// Stolen requests that wait for a person. Policy, full or too long: the next is not held, and what
// is then done is the taker's setting; over time: as a taker that failed.
inline constexpr std::size_t heldRequests = 64;
inline constexpr std::size_t heldRequestBytes = std::size_t{1} << 20;
inline constexpr std::chrono::seconds heldPatience{300};

// Without an owner (kernels before 5.12) the redirect ends by itself this long after the agent
// stopped renewing it each second.
inline constexpr std::chrono::seconds timedRedirect{3};
// The guard removes the redirects of a worker that has been silent for so long.
inline constexpr std::chrono::seconds silentWorker{10};
// Marked sockets that the worker has in reserve, so that a connection passed on asks nobody.
inline constexpr std::size_t markedSockets = 16;
// What the guard reads of other programs' packet rules. Policy: the rest is not named, told.
inline constexpr std::size_t foreignChains = 512;

// -- agent ---------------------------------------------------------------------------------------
// Conversations between guard and worker: one for each target and each stolen port. Policy:
// refused.
inline constexpr std::size_t guardLines = 1'024;
// A listening agent ends this long after its last client, or if none ever came.
inline constexpr std::chrono::seconds clientlessAgent{60};
inline constexpr std::chrono::seconds uncalledAgent{600};
// Of the cgroup's limit. Policy: mirroring pauses, counted and told; new steals are refused.
inline constexpr unsigned mirrorMemoryPercent = 80;
inline constexpr unsigned stealMemoryPercent = 90;

// -- desktop -------------------------------------------------------------------------------------
// Events on their way from a session to the window; policy: the session stops reading its stream.
inline constexpr std::size_t sessionChannelBytes = std::size_t{16} << 20;
// Bodies and heads kept by the store; policy: oldest unmarked rows lose their bytes first.
inline constexpr std::size_t storeBytes = std::size_t{512} << 20;
// Events as they came, to save them as a capture file. Policy: the oldest go, counted and said when
// they are saved.
inline constexpr std::size_t storeHistoryBytes = std::size_t{128} << 20;
// Open exchanges of a HAR export from a capture file. Policy: the oldest lose heads and bodies,
// counted and said in their entries.
inline constexpr std::size_t harWaitingBytes = std::size_t{256} << 20;
inline constexpr std::size_t storeRows = 2'000'000;
// Policy: the rest of the body is counted, not kept.
inline constexpr std::size_t storeBodyBytes = std::size_t{16} << 20;
// Frames of one exchange (WebSocket, gRPC); policy: the oldest go, and are counted.
inline constexpr std::size_t storeFrames = 10'000;
// Bytes of one direction of a connection that is no HTTP; policy: the oldest go, and are counted.
inline constexpr std::size_t storeStreamBytes = std::size_t{4} << 20;
// Of all such connections; policy: the one that has been silent longest loses its bytes.
inline constexpr std::size_t storeStreamsBytes = std::size_t{64} << 20;
// Gaps and oddities kept of one connection; policy: the later ones are counted only.
inline constexpr std::size_t storeNotes = 256;
// Policy: the oldest connection is forgotten and counted.
inline constexpr std::size_t storeConnections = 200'000;
// Requests whose end has not been seen; policy: the older half will not be finished.
inline constexpr std::size_t storeOpenExchanges = 131'072;
inline constexpr std::size_t previewSample = 500;
// The same for podglassctl, which prints slower than the window takes; policy: as above.
inline constexpr std::size_t printerQueueBytes = std::size_t{256} << 20;
// One sample a second: four hours. Policy: the oldest go.
inline constexpr std::size_t chartSamples = 14'400;
inline constexpr std::size_t chartMarkers = 1'024;

// -- content -------------------------------------------------------------------------------------
// A decoded view of a body. Policy: decoding stops there, and the view says so.
inline constexpr std::size_t decodedBytes = std::size_t{64} << 20;
inline constexpr std::size_t decodedRatio = 200;
// The ratio counts from here on: a short text of one letter is no bomb.
inline constexpr std::size_t decodedFreely = std::size_t{1} << 20;
inline constexpr std::size_t decodedLayers = 2;
// One message of a WebSocket or of gRPC in a view; policy: the rest is not decoded, and said.
inline constexpr std::size_t messageViewBytes = std::size_t{1} << 20;
// Fields of one decoded protocol buffer and their nesting; policy: the rest is shown as bytes.
inline constexpr std::size_t protobufFields = 10'000;
inline constexpr std::size_t protobufDepth = 32;

// -- ssh -----------------------------------------------------------------------------------------
// known_hosts and ssh_config; policy: the file is refused by name.
inline constexpr std::size_t configFileBytes = std::size_t{16} << 20;
inline constexpr std::size_t configIncludeDepth = 16;
inline constexpr std::chrono::seconds sshConnectTimeout{15};
// One line of a helper's control channel or of a child's stderr; policy: cut.
inline constexpr std::size_t helperLineBytes = 65'536;

// -- kubernetes ----------------------------------------------------------------------------------
// One answer of kubectl (a page of 1,000 pods) and one watched object; policy: refused, or skipped
// and counted.
inline constexpr std::size_t kubectlAnswerBytes = std::size_t{64} << 20;
inline constexpr std::size_t clusterObjectBytes = std::size_t{4} << 20;
// Answers about kubeconfigs that are remembered; policy: further ones hold for their session.
inline constexpr std::size_t keptConsents = 1'000;
// Pods that are kept of a cluster; policy: further ones are not shown and counted.
inline constexpr std::size_t clusterPods = 50'000;
// Namespaces that are offered; policy: further ones are counted, and can be typed.
inline constexpr std::size_t clusterNamespaces = 50'000;
// Pods and workloads on their way to the window, and of one change: what a window takes in one turn
// without being seen to stop. Policy, full: the next change waits, and what happens meanwhile is
// merged into it (a pod's last state counts), so nothing is lost and nothing grows; merges are
// counted.
inline constexpr std::size_t clusterQueue = 65'536;
inline constexpr std::size_t clusterChange = 1'000;
// Each has a kubectl of its own; policy: the rest is named as not watched.
inline constexpr std::size_t watchedNamespaces = 8;
// Pods of one workload that are attached at once; policy: the others are named.
inline constexpr std::size_t attachedReplicas = 8;
inline constexpr std::chrono::seconds kubectlPatience{30};
// From asking for an agent's pod until it runs; policy: it is deleted and the cluster's words
// shown.
inline constexpr std::chrono::seconds agentPodPatience{60};
// An agent's pod without client ends after so long, and after so long in any case.
inline constexpr std::chrono::seconds agentPodIdle{60};
inline constexpr std::chrono::hours agentPodAge{12};
// A deleted one has so long to see connections out that it passed on. Policy: they are cut.
inline constexpr std::chrono::seconds agentPodGrace{600};

// -- filter --------------------------------------------------------------------------------------
// Policy: the filter is refused with the limit named.
inline constexpr std::size_t filterRules = 256;
inline constexpr std::size_t filterDepth = 16;
inline constexpr std::size_t filterTextBytes = 65'536;
inline constexpr std::int64_t patternMemoryBytes = 1 << 20;
// Compiled filters kept for the next subscription; policy: the least recently used one goes.
inline constexpr std::size_t compiledFilters = 32;

} // namespace podglass::limits
