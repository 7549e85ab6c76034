// SPDX-License-Identifier: Apache-2.0
#include "app/ssh/authenticate.h"

#include <algorithm>
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

Authentication::Authentication(SshSession& session,
                               const targets::SshHost& host,
                               bool maySwitch,
                               Control& control)
    : m_session(session)
    , m_host(host)
    , m_maySwitch(maySwitch)
    , m_control(control)
    , m_agent(session)
{}

void Authentication::prepare()
{
    m_files = loadKeyFiles(m_host, m_control);
    if (const auto opened = m_agent.open(m_host.identityAgent); opened)
        m_agentKeys = m_agent.list();
    else
        m_control.warn(opened.error().what, opened.error().where);
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
        m_control.warn("keys that the built-in SSH cannot use: " + joined(m_unusable, ", "));
    std::erase_if(m_agentKeys, [](const auto& key) { return !isUsableUserKey(key.type); });
    std::erase_if(m_files, [](const auto& key) { return !isUsableUserKey(key.type); });
}

// As ssh(1): first the agent's keys that are configured, then its others unless IdentitiesOnly,
// then files that the agent has not.
void Authentication::chooseKeys()
{
    const auto isConfigured = [this](const AgentKeys::Key& key) {
        return std::ranges::any_of(m_files, [&](const KeyFile& file) {
            return !file.blob.empty() && file.blob == key.blob;
        });
    };
    if (m_host.identitiesOnly)
        std::erase_if(m_agentKeys, [&](const auto& key) { return !isConfigured(key); });
    std::stable_partition(m_agentKeys.begin(), m_agentKeys.end(), isConfigured);
    std::erase_if(m_files, [this](const KeyFile& file) {
        return file.text.size() == 0
               || std::ranges::any_of(m_agentKeys, [&](const AgentKeys::Key& key) {
                      return !file.blob.empty() && file.blob == key.blob;
                  });
    });
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

bool Authentication::tryKeys()
{
    tryAgent();
    for (const KeyFile& key : m_files) {
        if (!over())
            tryFile(key);
    }
    m_switching = !over() && m_maySwitch && !m_unusable.empty();
    return m_done;
}

bool Authentication::tryFile(const KeyFile& key)
{
    for (int round = 0; round < passwordAttempts && !over(); ++round) {
        std::optional<Secret> passphrase;
        if (key.encrypted) {
            passphrase = m_control.ask("passphrase",
                                       "Passphrase of " + key.path,
                                       round == 0 ? key.type : "wrong passphrase, try again");
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
    for (int round = 0; round < passwordAttempts && !over(); ++round) {
        const auto password = m_control.ask(
            "password", "Password for " + who(), round == 0 ? "" : "refused, try again");
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
    bool again = false; // refused before
    bool asked = false;
    bool cancelled = false;
};

// "Password: " as PAM asks it → "Password for root@build-3"; other questions stay as they are.
std::string titleOf(std::string question, const std::string& who)
{
    question.erase(question.find_last_not_of(" :\n") + 1);
    if (question.find('@') != std::string::npos || question.size() > 60)
        return question;
    return (question.empty() ? "Answer" : question) + " for " + who;
}

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
    std::string words = text(name, nameLength);
    const std::string more = text(instruction, instructionLength);
    words += words.empty() || more.empty() ? more : "\n" + more;
    if (interactive->again)
        words += words.empty() ? "refused, try again" : "\nrefused, try again";
    for (int i = 0; i < count; ++i) {
        const std::string question(prompts[i].text, prompts[i].length);
        auto answer =
            interactive->cancelled
                ? std::nullopt
                : interactive->control->ask(prompts[i].echo != 0 ? "question" : "password",
                                            titleOf(question, interactive->who),
                                            words);
        interactive->asked = true;
        interactive->cancelled = interactive->cancelled || !answer;
        if (!answer)
            continue;
        responses[i].text = static_cast<char*>(SshSession::memory(answer->size() + 1));
        if (responses[i].text == nullptr)
            continue;
        std::memcpy(responses[i].text, answer->text(), answer->size() + 1);
        responses[i].length = static_cast<unsigned int>(answer->size());
    }
}

} // namespace

bool Authentication::tryInteractive()
{
    Interactive state{&m_control, who()};
    interactive = &state;
    for (int round = 0; round < passwordAttempts && !over(); ++round) {
        state.asked = false;
        const int result = m_session.complete([&] {
            return libssh2_userauth_keyboard_interactive_ex(
                m_session.raw(), m_host.user.c_str(), lengthOf(m_host.user), &answerPrompts);
        });
        m_cancelled = state.cancelled;
        attempt("keyboard-interactive", result);
        if (!state.asked || m_cancelled)
            break; // the server has no question for us
        state.again = true;
    }
    interactive = nullptr;
    return state.asked;
}

Failure Authentication::failure() const
{
    const std::string tried = joined(m_tried, "; ");
    if (m_cancelled)
        return {Fault::Auth,
                {.what = "cancelled",
                 .where = "log in as " + who(),
                 .advice = "connect again to be asked again"}};
    std::string why = "the server accepts " + (m_methods.empty() ? "nothing" : m_methods) + "\n"
                      + (tried.empty() ? "nothing could be tried" : tried);
    if (!m_unusable.empty())
        why += "\nnot usable by the built-in SSH: " + joined(m_unusable, ", ");
    const bool lost = m_lost && m_tried.size() < 2;
    return {
        lost ? Fault::Network : Fault::Auth,
        {.what = (lost ? "the server closed the connection\n" : "the server refused the log-in\n")
                 + why,
         .where = "log in as " + who(),
         .advice = m_unusable.empty() ? "check the user name, and that one of your keys is in "
                                        "authorized_keys there"
                                      : "choose system ssh, which can use these keys",
         .lasting = lost ? base::Lasting::Transient : base::Lasting::Persistent},
        m_unusable.empty() ? Switch::No : Switch::Keys};
}

void Authentication::listMethods()
{
    const char* methods = m_session.completePointer([&] {
        return libssh2_userauth_list(m_session.raw(), m_host.user.c_str(), lengthOf(m_host.user));
    });
    m_done = libssh2_userauth_authenticated(m_session.raw()) != 0;
    if (m_done)
        m_tried.emplace_back("nothing asked: accepted");
    else if (methods == nullptr)
        m_lost = true;
    else
        m_methods = methods;
}

void Authentication::tryMethods()
{
    if (offers("publickey"))
        tryKeys();
    if (over() || m_switching)
        return;
    bool asked = false;
    if (offers("keyboard-interactive"))
        asked = tryInteractive();
    if (!asked && !over() && offers("password"))
        tryPassword();
}

std::optional<Failure> Authentication::run()
{
    constexpr int factors = 3;
    nameUnusableKeys();
    chooseKeys();
    const std::uint32_t step = m_control.begin("log in as " + who());
    std::string before;
    for (int factor = 0; factor < factors && !over() && !m_switching; ++factor) {
        listMethods();
        if (over() || m_methods == before)
            break;
        // The server asks for something else than it did: the last proof was good.
        if (!m_tried.empty() && m_tried.back().ends_with(": refused"))
            m_tried.back().replace(m_tried.back().size() - 7, 7, "accepted, more is asked");
        before = m_methods;
        tryMethods();
    }
    m_files.clear(); // wiped
    if (!m_done)
        return failure();
    m_control.done(step, "logged in as " + who(), joined(m_tried, "; "));
    return std::nullopt;
}

} // namespace podglass::ssh
