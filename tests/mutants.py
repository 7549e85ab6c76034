#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Takes one guard of the way through the proxy away at a time and runs the test that must miss it. A row that
"survives" is a guard that no test would miss.

    tests/mutants.py CHECKOUT [WORD...]     rows whose name has one of the words; default all, half an hour

CHECKOUT is a clone of its own, without changes: its files are changed and put back. It is built in its
build/dev. Needs git, what tests/run installs, and root."""
import os
import subprocess
import sys
import time

STEAL, NET = 'core/steal/', 'tests/net/'
UP, DOWN, TAKEN, ENDS = (STEAL + 'proxied_' + part + '.cpp' for part in ('requests', 'responses', 'taken', 'end'))
STREAMS, HTTP2 = STEAL + 'http2_relay_streams.cpp', 'core/http2/end.cpp'
CONFINE = 'core/agent/guard/confine.cpp'
HOSTILE, PATH, RULES = (NET + 'steal/http2_' + part + '.py' for part in ('hostile', 'path', 'rules'))
GUARD, FAULTS = NET + 'proof/guard.py', NET + 'proof/faults.py'
PROGRAMS = ['podglass-agent', 'podglassctl']


def qt(name, *cases, folder=NET + 'steal/'):
    return [name, *PROGRAMS], ['build/dev/' + folder + name, *cases]


def script(name, *cases):
    return PROGRAMS, ['python3', '-B', name, *cases]


# What it is, file, what stands there, what instead, who must fail.
MUTANTS = [
    ('H1 answers without bodies', DOWN, 'm_responses.answering(request.method);', 'm_responses.answering("GET");',
     qt('tst_odd_messages')),
    ('H2 broken chunks of a taken request', UP, '''    if (m_taken)
        m_taken->failed =
            TakerFailed{wire::StealFailure::Broken, "the request's framing is broken"};
    else if''', '    if', qt('tst_odd_messages')),
    ('H3 taken in order', TAKEN, '!m_awaited.empty() || ', '', qt('tst_taking')),
    ('H4 interim answers of a taker', TAKEN, 'else if (m_taken->status >= 200)', 'else', qt('tst_taking')),
    ('H5 interim answers of the service', DOWN, 'else if (m_status >= 200)', 'else',
     qt('tst_taking', 'interimAnswersOfTheService')),
    ('H6 a tunnel behind 101', DOWN, 'm_responses.tunnelled() && !m_becomesHttp2', 'false',
     qt('tst_passing_on', 'upgradedConnectionsAreTunnels')),
    ('H6 a taken upgrade', TAKEN, '''            becomeTunnel();
        else if (m_taken->status''', '''            takenDone();
        else if (m_taken->status''', qt('tst_taking')),
    ('H7 the rest of a request answered early', TAKEN, 'm_destination = Destination::Nowhere;',
     'm_destination = Destination::Service;', qt('tst_taker_failure')),
    ('H8 ambiguous framing', UP, 'flow::MessageFlag::AmbiguousFraming)', 'flow::MessageFlag::Malformed)',
     qt('tst_odd_messages', 'relayed')),
    ('H9 folded fields', UP, 'flow::MessageFlag::ObsoleteFold)', 'flow::MessageFlag::Malformed)',
     qt('tst_odd_messages', 'relayed')),
    ('H10 large heads', UP, 'flow::MessageFlag::HeadTooLarge)', 'flow::MessageFlag::Malformed)',
     qt('tst_odd_messages', 'relayed')),
    ('H11 HTTP/0.9', UP, ' || head.version < 10', '', qt('tst_odd_messages', 'relayed')),
    ('H12 bytes behind the end', UP, 'if (!m_taken && m_destination == Destination::Service && !m_currentKeepAlive)',
     'if (false)', qt('tst_odd_messages', 'relayed')),
    ('H13 a server that speaks first', DOWN, '''    if (m_seenRequest || guessHttp2Server(input) == Guess::SomethingElse)
        relayRaw();
    else if (m_patience == Patience::None)
        wait(Patience::Preface, limits::serverFirstPatience);''', '    static_cast<void>(input);',
     qt('tst_passing_on', 'serverSpeaksFirst')),
    ('H14 trickled heads', ENDS, '''    case Patience::Preface:
        relayRaw();''', '    case Patience::Preface:', qt('tst_passing_on', 'unfinishedLineGoesOnAfterAMoment')),
    ('P1 the preface', UP, 'if (guessHttp2Client(input) != Guess::SomethingElse)',
     'if (guessHttp2Client(input) == Guess::Unsure && false)', script(HOSTILE, '-k', 'test_p1')),
    ('P2 a flood is told', HTTP2, 'if (read == NGHTTP2_ERR_FLOODED || read == NGHTTP2_ERR_TOO_MANY_CONTINUATIONS)',
     'if (false)', script(HOSTILE, '-k', 'test_p2')),
    ('P4 a header bomb', HTTP2, 'if (end.m_blockBytes > limits::http2HeadBytes)', 'if (false)',
     script(HOSTILE, '-k', 'test_p4')),
    ('P5 frames that carry nothing', STEAL + 'http2_relay.cpp',
     'if (idle != 0 && !m_idleFrames.spend(idle, io::Loop::now()))',
     'if (idle != 0 && !m_idleFrames.spend(idle, io::Loop::now()) && false)', script(HOSTILE, '-k', 'test_p5')),
    ('P6, P11 windows open again', STREAMS, 'end.consumeConnection(count);', '{}', script(PATH, '-k', 'bodies')),
    ('P7, P8 heads in mid-stream', STREAMS, 'm_caller.reset(stream.id, http2::error::protocol);', '{}', script(RULES)),
    ('P9 names with capitals', STREAMS, "c >= 'A' && c <= 'Z'", "c == '\\0'", script(RULES)),
    ('P10 trailers', STREAMS, 'stream.down.trailers = std::move(fields);', '{}',
     script(PATH, '-k', 'streams_are_decided')),
    ('P13 GOAWAY', STREAMS, 'm_caller.goAway(last, code);', 'static_cast<void>(code);',
     script(HOSTILE, '-k', 'p13_the_service')),
    ('S3 the worker\'s system calls', CONFINE, 'const base::Status filtered = allowWorkerCallsOnly();',
     'const base::Status filtered = base::Done{};', script(GUARD, '-k', 'test_s3')),
    ('S4 mirror only', CONFINE, ': keepOnly({CAP_NET_RAW, CAP_SYS_ADMIN',
     ': keepOnly({CAP_NET_RAW, CAP_NET_ADMIN, CAP_SYS_ADMIN', script(GUARD, '-k', 'test_s4')),
    ('F1 rules that end with their owner', STEAL + 'nft_rules.cpp', 'owned ? NFT_TABLE_F_OWNER : 0', '0',
     qt('tst_redirect_loop', 'killedAgentLeavesNothing', folder='tests/incidents/')),
    ('F8 what is under way is read', ENDS, '256 * limits::drainBytes', 'limits::drainBytes',
     script(FAULTS, 'Faults.test_f8_an_upload_hears_why_it_is_not_taken')),
    ('F8 a silent taker', ENDS, '''        if (m_taken && !m_taken->failed)
            m_taken->failed = TakerFailed{wire::StealFailure::Silent, {}};
''', '', qt('tst_taker_failure', 'silentTaker')),
    ('F8 half an answer', TAKEN, 'if (m_taken->tunnel || m_taken->answered) {', 'if (m_taken->tunnel) {',
     qt('tst_taker_failure')),
    ('F9 a service that is down', ENDS, 'm_service->open() && m_service->broken()', 'false && m_service->broken()',
     script(FAULTS, '-k', 'test_f9_a_service_that_is_down')),
    ('F19 the oldest filter wins', UP, 'for (const Taking& taking : m_context.takings) {',
     'for (const Taking& taking : std::vector<Taking>(m_context.takings.rbegin(), m_context.takings.rend())) {',
     qt('tst_taking', 'oldestMatchingTakingWins')),
    ('F20 what is open goes on', STEAL + 'steal_port.cpp', 'm_context.takings.clear();', '''m_context.takings.clear();
    const auto all = m_connections;
    for (const auto& [id, one] : all)
        one->abort(flow::Direction::ServerToClient);''', qt('tst_open_connections')),
    ('F21 rules removed by others', STEAL + 'redirect_table.cpp', 'if (!rules || *rules != wanted)',
     'if (!rules || *rules > wanted)', script(GUARD, '-k', 'test_f21')),
    ('I1 our own connections', STEAL + 'steal_port.cpp', 'if (m_context.own.contains(accepted.client))', 'if (false)',
     qt('tst_redirect_loop', folder='tests/incidents/')),
]


def outcome(checkout, targets, command):
    built = subprocess.run(['cmake', '--build', 'build/dev', '--target', *targets], cwd=checkout, capture_output=True)
    if built.returncode != 0:
        return 'does not build'
    programs = {'PODGLASSCTL': 'ctl/podglassctl', 'PODGLASS_AGENT': 'agent/podglass-agent'}
    known = {name: os.path.join(checkout, 'build/dev/app', where) for name, where in programs.items()}
    try:
        ran = subprocess.run(command, cwd=checkout, capture_output=True, timeout=300, env={**os.environ, **known})
    except subprocess.TimeoutExpired:
        return 'missed'
    return 'survives' if ran.returncode == 0 else 'missed'


def main():
    checkout, words = os.path.realpath(sys.argv[1]), sys.argv[2:]
    if subprocess.run(['git', 'diff', '--quiet'], cwd=checkout).returncode != 0:
        sys.exit('mutants: %s has changes of its own; name a clone that may be changed' % checkout)
    subprocess.run(['cmake', '--preset', 'dev'], cwd=checkout, check=True, stdout=subprocess.DEVNULL)
    bad = 0
    for name, file, there, instead, (targets, command) in MUTANTS:
        if words and not any(word in name for word in words):
            continue
        path, began = os.path.join(checkout, file), time.monotonic()
        with open(path) as source:
            text = source.read()
        if there not in text:
            found = 'not there any more'
        else:
            try:
                with open(path, 'w') as source:
                    source.write(text.replace(there, instead))
                found = outcome(checkout, targets, command)
            finally:
                with open(path, 'w') as source:
                    source.write(text)
        bad += found != 'missed'
        print('%-40s %s, %.0f s' % (name, found, time.monotonic() - began), flush=True)
    sys.exit(1 if bad else 0)


if __name__ == '__main__':
    main()
