// SPDX-License-Identifier: Apache-2.0
// What is asked before a kubeconfig is obeyed, how the answer is kept, and that nothing runs before
// it (S16). A kubectl that answers from files stands in for the real one.
#include "core/base/limits.h"
#include "core/kubernetes/consent.h"
#include "core/kubernetes/contexts.h"
#include "core/session/session.h"

#include <fstream>

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <poll.h>
#include <sys/stat.h>

using namespace podglass;
using namespace podglass::kubernetes;

namespace {

std::string config(const std::string& user, const char* cluster = "")
{
    return "{\"current-context\":\"prod\",\"contexts\":[{\"name\":\"prod\",\"context\":{"
           "\"cluster\":"
           "\"c\",\"user\":\"u\"}}],\"clusters\":[{\"name\":\"c\",\"cluster\":{\"server\":"
           "\"https://10.0.0.1\""
           + std::string(cluster) + "}}],\"users\":[{\"name\":\"u\",\"user\":" + user + "}]}";
}

std::string exec(const char* command, const char* argument, const char* secret = "hush")
{
    return "{\"exec\":{\"command\":\"" + std::string(command) + "\",\"args\":[\"" + argument
           + "\"],\"env\":[{\"name\":\"TOKEN\",\"value\":\"" + secret + "\"}]}}";
}

std::vector<ConsentQuestion> questions(const std::string& text, const char* file = "/home/ana/k")
{
    const auto contexts = contextsFrom(text);
    return consentQuestions({.kubectl = "kubectl", .kubeconfig = file, .context = {}},
                            contexts.value().at(0));
}

constexpr const char* unchecked = ",\"insecure-skip-tls-verify\":true";

} // namespace

class TestConsent : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<QTemporaryDir> m_dir;
    std::unique_ptr<session::Updates> m_updates;
    std::unique_ptr<session::Session> m_session;
    std::vector<session::Prompt> m_prompts;
    std::optional<session::StateChanged> m_state;

    [[nodiscard]] std::string path(const char* name) const
    {
        return m_dir->filePath(name).toStdString();
    }

    [[nodiscard]] QByteArray read(const char* name) const
    {
        QFile file(m_dir->filePath(name));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

    void write(const char* name, const std::string& text) const
    {
        std::ofstream(path(name)) << text;
    }

    void connect(bool trusted = false)
    {
        m_prompts.clear();
        m_state.reset();
        m_session.reset();
        m_updates = std::make_unique<session::Updates>(limits::sessionChannelBytes);
        session::Options options;
        options.road.kind = session::RoadKind::Kubernetes;
        options.trustKubeconfig = trusted;
        m_session = std::make_unique<session::Session>(options, *m_updates);
        m_session->connect();
    }

    template <typename Until>
    bool follow(const Until& until)
    {
        const base::Instant end = io::Loop::now() + std::chrono::seconds(60);
        while (!until()) {
            pollfd wait{m_updates->wakeFd(), POLLIN, 0};
            if (io::Loop::now() > end || ::poll(&wait, 1, 60'000) != 1)
                return false;
            for (session::Update& update : m_updates->take()) {
                if (auto* prompt = std::get_if<session::Prompt>(&update))
                    m_prompts.push_back(*prompt);
                else if (auto* state = std::get_if<session::StateChanged>(&update))
                    m_state = *state;
            }
        }
        return true;
    }

    [[nodiscard]] bool is(session::State state) const { return m_state && m_state->state == state; }

private slots:

    void initTestCase() { m_path = qgetenv("PATH"); }

    void init()
    {
        m_dir = std::make_unique<QTemporaryDir>();
        qputenv("FAKE_KUBECTL_DIR", m_dir->path().toUtf8());
        qputenv("XDG_STATE_HOME", m_dir->filePath("state").toUtf8());
        // Found as "kubectl".
        QDir(m_dir->path()).mkdir("bin");
        QVERIFY(QFile::link(FAKE_KUBECTL, m_dir->filePath("bin/kubectl")));
        qputenv("PATH", m_dir->filePath("bin").toUtf8() + ":" + m_path);
    }

    void cleanup()
    {
        m_session.reset();
        qputenv("PATH", m_path);
    }

    void theQuestionShowsWhatWouldRun()
    {
        const auto asked = questions(config(exec("../x", "get token")));
        QCOMPARE(asked.size(), std::size_t{1});
        const QString text = QString::fromStdString(asked.at(0).text);
        QVERIFY(text.contains("../x \"get token\""));
        QVERIFY(text.contains("from the kubeconfig's folder"));
        QVERIFY(text.contains("https://10.0.0.1") && text.contains("/home/ana/k"));
        QVERIFY(text.contains("TOKEN") && !text.contains("hush"));
        QVERIFY(questions(config("{\"token\":\"hush\"}")).empty());
        QCOMPARE(questions(config(exec("aws", "a"), unchecked)).size(), std::size_t{2});
        const auto older = questions(config(
            "{\"auth-provider\":{\"config\":{\"cmd-path\":\"/bin/old\",\"id-token\":\"hush\"}}}"));
        QVERIFY(older.at(0).text.find("/bin/old") != std::string::npos);
    }

    void anythingElseIsAnotherQuestion()
    {
        const std::string known = questions(config(exec("aws", "a"))).at(0).key;
        QCOMPARE(questions(config(exec("aws", "a"))).at(0).key, known);
        QVERIFY(questions(config(exec("aws", "b"))).at(0).key != known);
        QVERIFY(questions(config(exec("./aws", "a"))).at(0).key != known);
        QVERIFY(questions(config(exec("aws", "a", "other"))).at(0).key != known);
        QVERIFY(questions(config(exec("aws", "a")), "/tmp/k").at(0).key != known);
        QVERIFY(questions(config("{}", unchecked)).at(0).key != known);
    }

    void answersAreKeptForTheUserAlone()
    {
        const std::string file = path("a/b/consents");
        const std::string key(64, 'a');
        QVERIFY(!Consents(file).given(key));
        QVERIFY(static_cast<bool>(Consents(file).keep(key)));
        QVERIFY(Consents(file).given(key));
        QVERIFY(!Consents(file).given(std::string(64, 'b')));
        QVERIFY(!Consents(file).given(key.substr(1)));

        struct stat facts
        {};

        ::stat(file.c_str(), &facts);
        QCOMPARE(facts.st_mode & 07777U, 0600U);
        ::stat(path("a/b").c_str(), &facts);
        QCOMPARE(facts.st_mode & 07777U, 0700U);
        // Whoever else may write it could have given the answer.
        ::chmod(file.c_str(), 0620);
        QVERIFY(!Consents(file).given(key));
        QVERIFY(!static_cast<bool>(Consents(file).keep(key)));
        ::chmod(file.c_str(), 0600);
        QVERIFY(QFile::link(QString::fromStdString(file), m_dir->filePath("link")));
        QVERIFY(!Consents(path("link")).given(key));
        QFile full(QString::fromStdString(file));
        QVERIFY(full.open(QIODevice::Append));
        full.write(QByteArray(65 * static_cast<qsizetype>(limits::keptConsents), 'x'));
        full.close();
        QVERIFY(!static_cast<bool>(Consents(file).keep(key)));
    }

    void nothingRunsBeforeTheAnswer()
    {
        write("1.out", config(exec("aws", "a"), unchecked));
        connect();
        QVERIFY(follow([&] { return m_prompts.size() == 1; }));
        QCOMPARE(m_prompts.at(0).kind, session::PromptKind::Permission);
        QCOMPARE(read("calls"), QByteArray("config view -o json\n"));
        write("2.out", "{\"gitVersion\": \"v1.31.0\"}");
        m_session->answer(m_prompts.at(0).id, "once");
        QVERIFY(follow([&] { return m_prompts.size() == 2; }));
        QVERIFY(m_prompts.at(1).title.find("certificate") != std::string::npos);
        QCOMPARE(read("calls").count('\n'), 1);
        m_session->answer(m_prompts.at(1).id, "save");
        QVERIFY(follow([&] { return is(session::State::Live); }));
        QVERIFY(m_state->detail.find("NOT checked") != std::string::npos);
        const QByteArray kept = read("state/podglass/kubeconfig-consents");
        QCOMPARE(kept.size(), qsizetype{65}); // of the second alone, and nothing but a hash
        QVERIFY(!kept.contains("hush"));
    }

    void aNoEndsItAndIsNotKept()
    {
        write("1.out", config(exec("aws", "a")));
        connect();
        QVERIFY(follow([&] { return m_prompts.size() == 1; }));
        m_session->answer(m_prompts.at(0).id, std::nullopt);
        QVERIFY(follow([&] { return is(session::State::Failed); }));
        QCOMPARE(m_state->error.what,
                 std::string("the program that logs in was not allowed to run"));
        QCOMPARE(read("calls").count('\n'), 1);
        QVERIFY(read("state/podglass/kubeconfig-consents").isEmpty());
    }

    void whatWasSavedIsNotAskedAgain()
    {
        write("1.out", config(exec("aws", "a")));
        write("2.out", "{\"gitVersion\": \"v1.31.0\"}");
        write("3.out", "{}");
        connect();
        QVERIFY(follow([&] { return m_prompts.size() == 1; }));
        m_session->answer(m_prompts.at(0).id, "save");
        QVERIFY(follow([&] { return is(session::State::Live); }));
        m_session.reset();
        QFile::remove(m_dir->filePath("count"));
        connect();
        QVERIFY(follow([&] { return is(session::State::Live); }));
        QVERIFY(m_prompts.empty());
        m_session.reset();
        QFile::remove(m_dir->filePath("count"));
        write("1.out", config(exec("aws", "changed")));
        connect();
        QVERIFY(follow([&] { return m_prompts.size() == 1; }));
    }

    void anOptionAllowsAll()
    {
        write("1.out", config(exec("aws", "a"), unchecked));
        write("2.out", "{\"gitVersion\": \"v1.31.0\"}");
        connect(true);
        QVERIFY(follow([&] { return is(session::State::Live); }));
        QVERIFY(m_prompts.empty());
    }

private:
    QByteArray m_path;
};

QTEST_GUILESS_MAIN(TestConsent)
#include "tst_consent.moc"
