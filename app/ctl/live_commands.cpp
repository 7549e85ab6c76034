// SPDX-License-Identifier: Apache-2.0
#include "app/ctl/live_commands.h"

#include "core/filter/text.h"
#include "core/session/made_messages.h"

#include "app/ctl/attach_command.h"
#include "app/ctl/rules_command.h"
#include "app/ctl/targets_command.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>

namespace podglass::ctl {

void addLiveOptions(CLI::App& command, LiveOptions& options)
{
    command
        .add_option(
            "ADDRESS", options.address, "local/netns/NAME, ssh://user@host:port/netns/NAME, …")
        ->required();
    command.add_option("--agent", options.agentPath, "podglass-agent to run or upload");
    command.add_option("--ssh-helper", options.sshHelperPath, "podglass-ssh to use");
    command.add_option("--ssh-config", options.sshConfig, "ssh_config to read");
    command.add_option("--secret-file", options.secretFile, "secret of an agent that listens");
    command.add_flag("--sudo", options.sudo, "start the agent there with sudo -n");
    command.add_flag("--trust-kubeconfig",
                     options.trustKubeconfig,
                     "run the login programs it names, and skip certificates it says to, unasked");
    command.add_flag("--quiet", options.quiet, "no connection steps on stderr");
}

void addMoreTargets(CLI::App& command, LiveOptions& options)
{
    command
        .add_option("--also", options.more, "a further target of the same host; may be repeated")
        ->allow_extra_args(false);
}

void addPorts(CLI::App& command, std::vector<std::uint16_t>& ports)
{
    command.add_option("--port", ports, "server port; may be repeated; default: all")
        ->check(CLI::Range(1, 65535).description(""));
}

namespace {

struct AttachArguments
{
    LiveOptions live;
    AttachOptions attach;
    std::string filterFile;
    std::string to;
    bool toHttp1 = false;
    bool toTls = false;
    std::string toCa;
    std::string toName;
    session::TlsFiles tls;
    std::uint16_t answerStatus = 0;
    std::vector<std::string> answerHeaders;
    std::string answerBody;
    std::string answerFile;
    bool reveal = false;
    bool json = true;
    wire::SetDelivery delivery;
    std::vector<std::uint64_t> bodyLimits; // one for both directions, or two
};

// An option that is one of some words.
template <typename Value>
void addChoice(CLI::App& command,
               const std::string& name,
               Value& value,
               const std::map<std::string, Value>& words,
               const std::string& description)
{
    std::vector<std::string> known;
    for (const auto& each : words)
        known.push_back(each.first);
    command
        .add_option_function<std::string>(
            name, [&value, words](const std::string& word) { value = words.at(word); }, description)
        ->check(CLI::IsMember(known));
}

void addDeliveryOptions(CLI::App& command, AttachArguments& all)
{
    const std::map<std::string, wire::OnLag> onLag{{"mark", wire::OnLag::MarkAndGoOn},
                                                   {"close", wire::OnLag::CloseConnection}};
    addChoice(command,
              "--on-lag",
              all.delivery.onLag,
              onLag,
              "when too slow: mark what is missing and go on, or close the connection");
    command
        .add_option("--body-limit", all.bodyLimits, "bytes of each body: both, or REQUEST,RESPONSE")
        ->delimiter(',')
        ->expected(1, 2);
    command.add_option("--lag-bytes", all.delivery.lagBytes, "bytes that may wait in the agent");
    command.add_option("--one-in", all.delivery.oneConnectionIn, "show one connection of so many");
    command.add_option("--rate", all.delivery.bytesPerSecond, "payload bytes a second at most");
}

void takeDeliveryOptions(AttachArguments& all)
{
    if (!all.bodyLimits.empty())
        all.delivery.bodyLimits = {all.bodyLimits.front(), all.bodyLimits.back()};
    const wire::SetDelivery& wish = all.delivery;
    if (wish.onLag != wire::OnLag::MarkAndGoOn || !all.bodyLimits.empty() || wish.lagBytes != 0
        || wish.oneConnectionIn != 0 || wish.bytesPerSecond != 0)
        all.attach.delivery = wish;
}

// The filter in its canonical form, or nothing after having said what is wrong.
std::optional<std::string> readFilter(const AttachArguments& arguments)
{
    std::string text = arguments.attach.filter;
    if (!arguments.filterFile.empty()) {
        std::ifstream file(arguments.filterFile, std::ios::binary);
        if (!file) {
            std::cerr << "podglassctl: " << arguments.filterFile << ": cannot be read\n";
            return std::nullopt;
        }
        text.assign(std::istreambuf_iterator<char>(file), {});
    }
    const auto parsed = filter::parse(text);
    if (const auto* wrong = std::get_if<filter::TextError>(&parsed)) {
        std::cerr << "podglassctl: filter, character " << wrong->position + 1 << ": "
                  << wrong->message << '\n';
        return std::nullopt;
    }
    const auto& tree = std::get<filter::Filter>(parsed);
    const auto compiled = filter::CompiledFilter::compile(tree, filter::Use::Steal);
    if (!compiled) {
        std::cerr << "podglassctl: filter: " << compiled.error().text() << '\n';
        return std::nullopt;
    }
    return filter::print(tree);
}

std::optional<session::Taker> readFixed(const AttachArguments& arguments)
{
    session::Taker taker;
    taker.kind = session::Taker::Kind::Fixed;
    taker.status = arguments.answerStatus;
    taker.body = arguments.answerBody;
    taker.bodyFile = arguments.answerFile;
    for (const std::string& line : arguments.answerHeaders) {
        const std::size_t colon = std::min(line.find(':'), line.size());
        const std::size_t value = std::min(line.find_first_not_of(" \t", colon + 1), line.size());
        taker.headers.emplace_back(line.substr(0, colon), line.substr(value));
    }
    if (const std::string wrong = session::fieldProblem(taker.headers); !wrong.empty()) {
        std::cerr << "podglassctl: --answer-header: " << wrong << '\n';
        return std::nullopt;
    }
    return taker;
}

std::optional<session::Taker> readTaker(const AttachArguments& arguments)
{
    if (arguments.answerStatus != 0)
        return readFixed(arguments);
    const std::string& text = arguments.to;
    session::Taker taker;
    if (arguments.toHttp1)
        taker.speaks = session::Taker::Speaks::Http1;
    taker.tls = arguments.toTls || !arguments.toCa.empty() || !arguments.toName.empty();
    taker.tlsCa = arguments.toCa;
    taker.tlsName = arguments.toName;
    const std::size_t colon = text.rfind(':');
    if (colon != std::string::npos) {
        taker.host = text.substr(0, colon);
        const char* end = text.data() + text.size();
        const auto parsed = std::from_chars(text.data() + colon + 1, end, taker.port);
        if (parsed.ec == std::errc{} && parsed.ptr == end && taker.port != 0)
            return taker;
    }
    std::cerr << "podglassctl: --to takes HOST:PORT, such as 127.0.0.1:8080; or use --answer\n";
    return std::nullopt;
}

// With the key's passphrase from the terminal, if it has one; false: said why not.
bool readTls(AttachArguments& arguments)
{
    if (!arguments.tls.named())
        return true;
    const auto problem = [](const base::Error& error) {
        std::cerr << "podglassctl: " << error.text() << '\n';
        return false;
    };
    const auto encrypted = session::asksForPassphrase(arguments.tls);
    if (!encrypted)
        return problem(encrypted.error());
    base::Secret passphrase;
    if (encrypted.value()) {
        const std::string question = "Passphrase of " + arguments.tls.key + "\n> ";
        passphrase = base::Secret(readAnswer(question, true).value_or(std::string()));
    }
    auto pair = session::readTlsFiles(arguments.tls, passphrase);
    if (!pair)
        return problem(pair.error());
    arguments.attach.tls = std::move(pair).value();
    arguments.live.endsTls = true;
    return true;
}

int runAttach(AttachArguments& arguments)
{
    const auto filter = readFilter(arguments);
    if (!filter)
        return 1;
    arguments.attach.filter = *filter;
    takeDeliveryOptions(arguments);
    if (arguments.attach.mode == wire::Mode::Steal) {
        const auto taker = readTaker(arguments);
        if (!taker)
            return 1;
        arguments.attach.taker = *taker;
        if (!readTls(arguments))
            return 1;
    }
    if (arguments.reveal)
        arguments.attach.secrets = exporting::Secrets::Revealed;
    return AttachCommand(arguments.live, std::move(arguments.attach)).run();
}

} // namespace

void addTargetsCommand(CLI::App& app, int& status)
{
    auto* command = app.add_subcommand("targets", "List what can be attached to on a host");
    auto options = std::make_shared<LiveOptions>();
    auto json = std::make_shared<bool>(false);
    addLiveOptions(*command, *options);
    command->add_flag("--json", *json, "one JSON object a line");
    command->callback([options, json, &status] { status = TargetsCommand(*options, *json).run(); });
}

void addRulesCommand(CLI::App& app, int& status)
{
    auto* command = app.add_subcommand("rules", "Show the packet rules in force in a target");
    auto options = std::make_shared<LiveOptions>();
    auto json = std::make_shared<bool>(false);
    addLiveOptions(*command, *options);
    command->add_flag("--json", *json, "one JSON object");
    command->callback([options, json, &status] { status = RulesCommand(*options, *json).run(); });
}

void addAttachCommand(CLI::App& app, int& status)
{
    auto* command = app.add_subcommand("attach", "Follow a target; print its events as JSON lines");
    auto all = std::make_shared<AttachArguments>();
    addLiveOptions(*command, all->live);
    addMoreTargets(*command, all->live);
    AttachOptions& attach = all->attach;
    const std::map<std::string, wire::Mode> modes{{"mirror", wire::Mode::Mirror},
                                                  {"steal", wire::Mode::Steal}};
    const std::map<std::string, wire::OnTakerFailure> failures{
        {"pass-on", wire::OnTakerFailure::PassOn}, {"502", wire::OnTakerFailure::BadGateway}};
    addPorts(*command, attach.ports);
    addChoice(*command, "--mode", attach.mode, modes, "look, or take requests");
    auto* text = command->add_option("--filter-text", attach.filter, "steal filter");
    command->add_option("--filter", all->filterFile, "file with the steal filter")->excludes(text);
    command->add_option("--to", all->to, "where stolen requests are answered, HOST:PORT");
    command->add_flag("--to-http1", all->toHttp1, "translate HTTP/2 requests to HTTP/1.1");
    command->add_flag("--to-tls", all->toTls, "by TLS");
    command->add_option("--to-ca", all->toCa, "by TLS, with a certificate of this CA (PEM file)");
    command->add_option("--to-name", all->toName, "by TLS, asking for this server name");
    command
        ->add_option("--tls-cert", all->tls.certificate, "end TLS there: the service's certificate")
        ->type_name("FILE");
    command->add_option("--tls-key", all->tls.key, "and its private key")->type_name("FILE");
    command->add_flag(
        "--end-old", attach.endOld, "end connections from before, so that they come back stolen");
    command->add_option("--answer", all->answerStatus, "answer stolen requests with this status")
        ->check(CLI::Range(200, 599));
    command->add_option("--answer-header", all->answerHeaders, "NAME: VALUE; may be repeated");
    auto* body = command->add_option("--answer-body", all->answerBody, "the answer's body");
    command->add_option("--answer-file", all->answerFile, "file with it, read for each answer")
        ->excludes(body);
    addChoice(*command,
              "--on-failure",
              attach.onFailure,
              failures,
              "what becomes of a stolen request that nobody answers");
    command->add_option("--seconds", all->live.seconds, "end after so long");
    command->add_option("--exchanges", attach.maxExchanges, "end after so many answered requests");
    addDeliveryOptions(*command, *all);
    command->add_flag("--count", attach.count, "print sums at the end instead of events");
    command->add_flag("--telemetry", attach.telemetry, "also print telemetry");
    command->add_flag("--reveal", all->reveal, "print secrets unmasked");
    command->add_flag("--json", all->json, "JSON lines; the only form there is");
    command->callback([all, &status] { status = runAttach(*all); });
}

} // namespace podglass::ctl
