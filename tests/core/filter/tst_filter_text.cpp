// SPDX-License-Identifier: Apache-2.0
#include "core/base/limits.h"
#include "core/filter/presets.h"
#include "core/filter/text.h"
#include "core/filter/vocabulary.h"

#include "tests/core/filter/sample.h"

#include <random>

#include <QTest>

using namespace podglass;
using namespace podglass::filter;

namespace {

// Random trees, heavy on what is hard to print: quotes, slashes, backslashes, odd bytes.
class Maker
{
public:
    explicit Maker(unsigned seed)
        : m_random(seed)
    {}

    Group group(unsigned depth)
    {
        Group group;
        group.kind = static_cast<GroupKind>(below(3));
        group.enabled = below(6) != 0;
        for (std::size_t i = below(4); i > 0; --i) {
            if (depth > 0 && below(2) == 0)
                group.children.push_back(Node{this->group(depth - 1)});
            else
                group.children.push_back(Node{rule()});
        }
        return group;
    }

private:
    Rule rule()
    {
        Rule rule;
        rule.field = static_cast<Field>(below(fieldCount));
        rule.op = static_cast<Operator>(below(operatorCount));
        if (takesName(rule.field))
            rule.name = text();
        if (takesValue(rule.op))
            rule.value = below(3) == 0 ? std::to_string(below(1000)) : text();
        rule.caseSensitive = below(3) == 0;
        rule.enabled = below(5) != 0;
        return rule;
    }

    std::string text()
    {
        constexpr std::string_view letters = "ab/\\\"().,x9 \n\t\x01\x7f\xc3\xa9\xff";
        std::string text;
        for (std::size_t i = below(8); i > 0; --i)
            text += letters[below(letters.size())];
        return text;
    }

    std::size_t below(std::size_t bound) { return m_random() % bound; }

    std::mt19937 m_random;
};

} // namespace

class TestFilterText : public QObject
{
    Q_OBJECT

private slots:

    void printedIsReadBack()
    {
        for (unsigned seed = 0; seed < 5'000; ++seed) {
            const Filter filter = Maker(seed).group(4);
            const std::string text = print(filter);
            const auto back = parse(text);
            const auto* same = std::get_if<Filter>(&back);
            QVERIFY2(same != nullptr, text.c_str());
            QVERIFY2(*same == filter, text.c_str());
            QVERIFY(print(*same) == text);
        }
    }

    void deepestIsReadBack()
    {
        for (const GroupKind kind : {GroupKind::All, GroupKind::Any, GroupKind::Not}) {
            Group filter{kind, {Node{Rule{}}}};
            for (std::size_t i = 0; i < limits::filterDepth; ++i)
                filter = Group{kind, {Node{std::move(filter)}}};
            QVERIFY(test::parsed(print(filter)) == filter);
        }
    }

    void canonical_data()
    {
        QTest::addColumn<QString>("typed");
        QTest::addColumn<QString>("printed");
        const auto row = [](const char* typed, const char* printed) {
            QTest::newRow(typed) << typed << printed;
        };
        row("", "");
        row("  ", "");
        row("method is POST", "method is \"POST\"");
        row("METHOD IS post AND path = /a", "method is \"post\" and path is \"/a\"");
        row("path ~ /^\\/v[0-9]+\\//", "path matches /^\\/v[0-9]+\\//");
        row("path matches \"a b\"", "path matches /a b/");
        row("status > 499 and duration > 250", "status > 499 and duration > 250");
        row("header x != 1 or path is absent", "header \"x\" is not \"1\" or path does not exist");
        row("path is /a and path is /b or path is /c",
            "(path is \"/a\" and path is \"/b\") or path is \"/c\"");
        row("not path is /a", "not (path is \"/a\")");
        row("not (path is /a or path is /b)", "not (path is \"/a\" or path is \"/b\")");
        row("none (path is /a, path is /b)", "not (path is \"/a\" or path is \"/b\")");
        row("all (path is /a and path is /b)", "path is \"/a\" and path is \"/b\"");
        row("any (path is /a or path is /b)", "path is \"/a\" or path is \"/b\"");
        row("off path is /a cs", "off path is \"/a\" cs");
        row("((path is /a))", "path is \"/a\"");
        row("source is in 10.0.0.0/8", "source in \"10.0.0.0/8\"");
    }

    void canonical()
    {
        QFETCH(QString, typed);
        QFETCH(QString, printed);
        QCOMPARE(QString::fromStdString(print(test::parsed(typed.toStdString()))), printed);
    }

    void errors_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<int>("position");
        QTest::addColumn<int>("length");
        const auto row = [](const char* text, int position, int length) {
            QTest::newRow(text) << text << position << length;
        };
        row("pth is /a", 0, 3);
        row("path ist /a", 5, 3);
        row("path is", 7, 0);
        row("path is \"a", 8, 2);
        row("path is \"a\\q\"", 10, 2);
        row("path matches /a", 13, 2);
        row("path is /a and", 14, 0);
        row("path is /a path", 11, 4);
        row("(path is /a", 11, 0);
        row("path is /a)", 10, 1);
        row("all path", 4, 4);
        row("header exists", 13, 0);
        row("not", 3, 0);
        row("any (path is /a,)", 16, 1);
        // Found by the compiler, placed by the parser.
        row("status is 200 and path matches /a\\/(b/", 35, 1);
        row("path is /a and source in ten", 25, 3);
        row("path is /a and (method is B or port is http)", 39, 4);
        row("status > abc", 9, 3);
        row("status >", 8, 0);
        row("status > ", 9, 0);
        row("status >= 500", 7, 2);
        row("status <=500", 7, 2);
        row("status > \"\"", 9, 2);
        row("status > -1", 9, 2);
        row("status < 5xx", 9, 3);
        row("status is 2.5", 10, 3);
        row("status is not abc cs", 14, 3);
        row("status > 99999999999999999999", 9, 20);
        row("path is /é and not (status > abc)", 30, 3);
        row("status 500", 7, 3);
        row("status > 400 500", 13, 3);
        row("status contains 5", 7, 8);
        row("status starts with 5", 7, 11);
        row("status matches /5../", 7, 7);
        row("status in 5", 7, 2);
        row("duration < 1s", 11, 2);
        row("size > 1k", 7, 2);
        row("header \"\" exists", 7, 2);
        row("path contains \"\"", 14, 2);
    }

    void errors()
    {
        QFETCH(QString, text);
        QFETCH(int, position);
        QFETCH(int, length);
        const auto result = parseChecked(text.toStdString(), Use::View);
        const auto* error = std::get_if<TextError>(&result);
        QVERIFY(error != nullptr);
        QVERIFY(!error->message.empty());
        QCOMPARE(static_cast<int>(error->position), position);
        QCOMPARE(static_cast<int>(error->length), length);
    }

    void hostileTextIsRefused()
    {
        QVERIFY(refused(std::string(60'000, '(')));
        std::string nots;
        for (int i = 0; i < 20'000; ++i)
            nots += "not";
        QVERIFY(refused(nots));
        nots.clear();
        for (int i = 0; i < 20'000; ++i)
            nots += "off ";
        QVERIFY(refused(nots));
        QVERIFY(refused("path is \"" + std::string(limits::filterTextBytes, 'a') + "\""));
        std::string many = "path is /a";
        for (std::size_t i = 0; i < limits::filterRules; ++i)
            many += " or path is /a";
        QVERIFY(refused(many));
    }

    void words_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("words");
        const auto row = [](const char* text, const char* words) {
            QTest::newRow(text) << text << words;
        };
        row("", "every request");
        row("off path is /x", "every request");
        row("method is POST", "requests that are POST");
        row("path starts with /cart and header x-user-id is qa-7 and "
            "(method is POST or header x-debug exists)",
            "requests that are under /cart, have x-user-id qa-7 and (are POST or carry x-debug)");
        row("method is POST or method is PUT", "requests that are POST or PUT");
        row("path starts with /a and not (header x exists)",
            "requests that are under /a, but never carry x");
        row("status > 499", "requests that are answered with above 499");
    }

    void words()
    {
        QFETCH(QString, text);
        QFETCH(QString, words);
        QCOMPARE(QString::fromStdString(inWords(test::parsed(text.toStdString()))), words);
    }

    void wordsForProbes()
    {
        Filter filter = test::parsed("path starts with /cart");
        filter.children.push_back(Node{noHealthProbes()});
        QCOMPARE(inWords(filter), "requests that are under /cart, but never health probes");
        filter.children.erase(filter.children.begin());
        QCOMPARE(inWords(filter), "every request but health probes");
    }

private:
    static bool refused(const std::string& text)
    {
        return std::holds_alternative<TextError>(parse(text));
    }
};

QTEST_APPLESS_MAIN(TestFilterText)
#include "tst_filter_text.moc"
