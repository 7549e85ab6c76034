// SPDX-License-Identifier: Apache-2.0
#include "app/ctl/filter_command.h"

#include "core/export/printable.h"
#include "core/filter/text.h"

#include "app/ctl/filter_subject.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>

namespace podglass::ctl {

namespace {

struct FilterOptions
{
    std::string text;
    std::string file;
    std::string request;
    bool steal = false;
};

using Compiled = std::shared_ptr<const filter::CompiledFilter>;

int fail(const std::string& text)
{
    (void)std::fprintf(stderr, "podglassctl: %s\n", exporting::printable(text).c_str());
    return 1;
}

base::Result<std::string> contents(const std::string& path)
{
    std::ifstream file(path, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(file), {}};
    if (!file.is_open() || file.bad())
        return base::systemError(errno, "reading " + path);
    return text;
}

base::Result<Compiled> compiled(const FilterOptions& options)
{
    std::string text = options.text;
    if (!options.file.empty()) {
        auto read = contents(options.file);
        if (!read)
            return read.error();
        text = std::move(*read);
    }
    const filter::Use use = options.steal ? filter::Use::Steal : filter::Use::View;
    const auto parsed = filter::parseChecked(text, use);
    if (const auto* wrong = std::get_if<filter::TextError>(&parsed))
        return base::Error{
            wrong->message, "filter, character " + std::to_string(wrong->position + 1), {}};
    return filter::CompiledFilter::compile(std::get<filter::Filter>(parsed), use);
}

// A filter for viewing may ask what is not known yet when a request must be taken: say so before
// somebody steals with it.
void warnOfStealing(const filter::CompiledFilter& filter)
{
    for (const filter::Problem& problem : filter::problems(filter.source(), filter::Use::Steal)) {
        const std::string text = problem.rule + ": " + problem.message
                                 + (problem.advice.empty() ? "" : "; ") + problem.advice;
        (void)std::fprintf(stderr,
                           "podglassctl: good for viewing, but stealing refuses it: %s\n",
                           exporting::printable(text).c_str());
    }
}

int testRequest(const filter::CompiledFilter& filter, const std::string& path)
{
    const auto text = contents(path);
    if (!text)
        return fail(text.error().text());
    const auto subject = OwnedSubject::fromHttp(*text);
    if (!subject)
        return fail(subject.error().text());
    (void)std::puts(filter.matches(subject->subject()) ? "match" : "no match");
    for (const filter::Verdict& verdict : filter.explain(subject->subject())) {
        const char* mark = !verdict.enabled ? "off" : verdict.met ? "yes" : "no ";
        (void)std::printf("%*s%s  %s\n",
                          static_cast<int>(2 * verdict.path.size()),
                          "",
                          mark,
                          exporting::printable(verdict.text).c_str());
    }
    return 0;
}

int testLines(const filter::CompiledFilter& filter)
{
    std::size_t number = 0;
    for (std::string line; std::getline(std::cin, line);) {
        ++number;
        const auto subject = OwnedSubject::fromJson(line);
        if (!subject)
            return fail("line " + std::to_string(number) + ": " + subject.error().text());
        nlohmann::json why = nlohmann::json::array();
        for (const filter::Verdict& verdict : filter.explain(subject->subject()))
            why.push_back({{"path", verdict.path},
                           {"met", verdict.met},
                           {"enabled", verdict.enabled},
                           {"text", exporting::validUtf8(verdict.text)}});
        const nlohmann::json answer{{"match", filter.matches(subject->subject())}, {"why", why}};
        (void)std::puts(answer.dump().c_str());
    }
    return 0;
}

int test(const FilterOptions& options)
{
    const auto filter = compiled(options);
    if (!filter)
        return fail(filter.error().text());
    warnOfStealing(**filter);
    return options.request.empty() ? testLines(**filter) : testRequest(**filter, options.request);
}

} // namespace

void addFilterCommand(CLI::App& app, int& status)
{
    auto options = std::make_shared<FilterOptions>();
    CLI::App* command = app.add_subcommand("filter", "Work with filters");
    command->require_subcommand(1);
    CLI::App* tester = command->add_subcommand(
        "test", "Try a filter on a request, or on requests as JSON lines on standard input");
    CLI::Option* text = tester->add_option("--filter", options->text, "The filter as text");
    CLI::Option* file = tester->add_option("--filter-file", options->file, "A file that holds it");
    text->excludes(file);
    tester->add_option("--request", options->request, "A file that holds an HTTP/1 request head");
    tester->add_flag("--steal",
                     options->steal,
                     "Refuse what cannot decide on a steal: rules on more than the request head "
                     "(without it they are used, and told on standard error)");
    tester->callback([options, &status] { status = test(*options); });
}

} // namespace podglass::ctl
