// SPDX-License-Identifier: Apache-2.0
#include "app/ssh/authenticate.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace podglass::ssh {

namespace {

constexpr int passwordAttempts = 3;

std::string joined(const std::vector<std::string>& words, std::string_view separator)
{
    std::string all;
    for (const std::string& word : words)
        all += (all.empty() ? "" : std::string(separator)) + word;
    return all;
}

unsigned int lengthOf(const std::string& text)
{
    return static_cast<unsigned int>(text.size());
}

std::string reasonOf(const std::string& type)
{
    return type == "ssh-rsa" ? "RSA: this transport cannot sign with SHA-2" : type;
}

} // namespace

Authentication::Authentication(SshSession& session, const targets::SshHost& host, Control& control)
    : m_session(session)
    , m_host(host)
    , m_control(control)
    , m_agent(session)
{}

void Authentication::prepare()
{
    m_files = loadKeyFiles(m_host, m_control);
    if (m_agent.open())
        m_agentKeys = m_agent.list();
}

void Authentication::nameUnusableKeys()
{
    for (const AgentKeys::Key& key : m_agentKeys) {
        if (!isUsableUserKey(key.type))
            m_unusable.push_back("agent key " + key.comment + " (" + reasonOf(key.type) + ")");
    }
    for (const KeyFile& key : m_files) {
        if (!isUsableUserKey(key.type))
            m_unusable.push_back(key.path + " (" + reasonOf(key.type) + ")");
    }
    if (!m_unusable.empty())
        m_control.warn("keys that will not work here: " + joined(m_unusable, ", "),
                       "the system-ssh transport can use them");
    std::erase_if(m_agentKeys, [](const auto& key) { return !isUsableUserKey(key.type); });
    std::erase_if(m_files, [](const auto& key) { return !isUsableUserKey(key.type); });
    if (m_host.identitiesOnly)
        m_agentKeys.clear();
}

bool Authentication::offers(std::string_view method) const
{
    return ("," + m_methods + ",").find("," + std::string(method) + ",") != std::string::npos;
}

bool Authentication::over() const
{
    return m_done || m_lost || m_cancelled;
}

bool Authentication::attempt(const std::string& name, int result)
{
    m_done = result == 0;
    m_lost = result == LIBSSH2_ERROR_SOCKET_DISCONNECT || result == LIBSSH2_ERROR_SOCKET_SEND
             || result == LIBSSH2_ERROR_SOCKET_RECV || result == LIBSSH2_ERROR_TIMEOUT;
    const std::string outcome = m_done                         ? "accepted"
                                : m_lost                       ? "connection lost"
                                : result == LIBSSH2_ERROR_FILE ? "not readable or wrong passphrase"
                                                               : "refused";
    m_tried.push_back(name + ": " + outcome);
    return m_done;
}

bool Authentication::tryAgent()
{
    for (const AgentKeys::Key& key : m_agentKeys) {
        const int result = m_session.complete(
            [&] { return libssh2_agent_userauth(m_agent.raw(), m_host.user.c_str(), key.raw); });
        attempt("agent key " + key.comment + " " + key.type, result);
        if (over())
            return m_done;
    }
    return false;
}

bool Authentication::tryFile(const KeyFile& key)
{
    for (int round = 0; round < passwordAttempts && !over(); ++round) {
        std::optional<Secret> passphrase;
        if (key.encrypted) {
            passphrase = m_control.ask("passphrase", "Passphrase of " + key.path, key.type);
            if (!passphrase) {
                m_tried.push_back(key.path + ": no passphrase given");
                return false;
            }
        }
        const int result = m_session.complete([&] {
            return libssh2_userauth_publickey_frommemory(m_session.raw(),
                                                         m_host.user.c_str(),
                                                         m_host.user.size(),
                                                         nullptr,
                                                         0,
                                                         key.text.text(),
                                                         key.text.size(),
                                                         passphrase ? passphrase->text() : nullptr);
        });
        attempt("key " + key.path, result);
        if (!key.encrypted || result == LIBSSH2_ERROR_PUBLICKEY_UNVERIFIED
            || result == LIBSSH2_ERROR_AUTHENTICATION_FAILED)
            break; // a wrong passphrase is worth another question, a refused key is not
    }
    return m_done;
}

bool Authentication::tryPassword()
{
    const std::string who = m_host.user + "@" + m_host.hostName;
    for (int round = 0; round < passwordAttempts && !over(); ++round) {
        const auto password = m_control.ask(
            "password", "Password for " + who, round == 0 ? "" : "refused, try again");
        if (!password) {
            m_cancelled = m_control.fd() >= 0;
            m_tried.emplace_back("password: none given");
            return false;
        }
        attempt("password", m_session.complete([&] {
            return libssh2_userauth_password_ex(m_session.raw(),
                                                m_host.user.c_str(),
                                                lengthOf(m_host.user),
                                                password->text(),
                                                static_cast<unsigned int>(password->size()),
                                                nullptr);
        }));
    }
    return m_done;
}

namespace {

// libssh2's callback carries no pointer of ours but the session's abstract, which is taken.
struct Interactive
{
    Control* control = nullptr;
    std::string who;
    bool cancelled = false;
};

thread_local Interactive* interactive = nullptr;

// NOLINTNEXTLINE(readability-function-size): its parameters are libssh2's
void answerPrompts(const char* name,
                   int nameLength,
                   const char* instruction,
                   int instructionLength,
                   int count,
                   const LIBSSH2_USERAUTH_KBDINT_PROMPT* prompts,
                   LIBSSH2_USERAUTH_KBDINT_RESPONSE* responses,
                   void** /*abstract*/)
{
    const auto text = [](const char* bytes, int length) {
        return std::string(bytes != nullptr ? bytes : "",
                           static_cast<std::size_t>(std::max(length, 0)));
    };
    const std::string words = text(name, nameLength) + " " + text(instruction, instructionLength);
    for (int i = 0; i < count; ++i) {
        const std::string question(prompts[i].text, prompts[i].length);
        auto answer =
            interactive->cancelled
                ? std::nullopt
                : interactive->control->ask(prompts[i].echo != 0 ? "question" : "password",
                                            question + " (" + interactive->who + ")",
                                            words);
        interactive->cancelled = interactive->cancelled || !answer;
        if (!answer)
            continue;
        // Freed by libssh2 with plain free(), as its own examples expect.
        responses[i].text = static_cast<char*>(std::malloc(answer->size() + 1));
        if (responses[i].text == nullptr)
            continue;
        std::memcpy(responses[i].text, answer->text(), answer->size() + 1);
        responses[i].length = static_cast<unsigned int>(answer->size());
    }
}

} // namespace

bool Authentication::tryInteractive()
{
    Interactive state{&m_control, m_host.user + "@" + m_host.hostName, false};
    interactive = &state;
    attempt("keyboard-interactive", m_session.complete([&] {
        return libssh2_userauth_keyboard_interactive_ex(
            m_session.raw(), m_host.user.c_str(), lengthOf(m_host.user), &answerPrompts);
    }));
    interactive = nullptr;
    m_cancelled = state.cancelled;
    return m_done;
}

Failure Authentication::failure() const
{
    const std::string where = "log in as " + m_host.user + " on " + m_host.hostName;
    if (m_cancelled)
        return {Fault::Auth, {.what = "cancelled", .where = where, .advice = {}}};
    std::string what = "the server accepts " + (m_methods.empty() ? "nothing" : m_methods)
                       + "; tried " + (m_tried.empty() ? "nothing" : joined(m_tried, "; "));
    if (!m_unusable.empty())
        what += "; not usable here: " + joined(m_unusable, ", ");
    return {Fault::Auth,
            {.what = what,
             .where = where,
             .advice = m_unusable.empty() ? "check the user name and the keys"
                                          : "use the system-ssh transport for these keys"}};
}

std::optional<Failure> Authentication::run()
{
    nameUnusableKeys();
    const std::uint32_t step = m_control.begin("log in as " + m_host.user);
    const char* methods = m_session.completePointer([&] {
        return libssh2_userauth_list(m_session.raw(), m_host.user.c_str(), lengthOf(m_host.user));
    });
    m_methods = methods != nullptr ? methods : "";
    m_done = libssh2_userauth_authenticated(m_session.raw()) != 0;
    if (m_done)
        m_tried.emplace_back("none: accepted");
    if (!over() && offers("publickey")) {
        tryAgent();
        for (const KeyFile& key : m_files) {
            if (!over())
                tryFile(key);
        }
    }
    if (!over() && offers("password"))
        tryPassword();
    if (!over() && offers("keyboard-interactive"))
        tryInteractive();
    m_files.clear(); // wiped
    if (!m_done) {
        const Failure failed = failure();
        m_control.failed(step, "log in as " + m_host.user + ": refused", failed.error.what);
        return failed;
    }
    m_control.done(step, "logged in as " + m_host.user, m_tried.back());
    return std::nullopt;
}

} // namespace podglass::ssh
