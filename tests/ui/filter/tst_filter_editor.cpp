// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/filter/presets.h"
#include "core/filter/text.h"

#include "tests/ui/filter/shop_sample.h"
#include "ui/filter/filter_editor.h"
#include "ui/filter/request_list.h"
#include "ui/filter/rule_row.h"
#include "ui/filter/sample_model.h"

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QCheckBox>
#include <QComboBox>
#include <QCompleter>
#include <QElapsedTimer>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTableView>
#include <QTest>
#include <QToolButton>

using namespace podglass;
using namespace podglass::ui;

namespace {

filter::Filter parsed(const char* text)
{
    return std::get<filter::Filter>(filter::parse(text));
}

template <typename Widget>
Widget* named(QWidget& inside, const QString& accessibleName)
{
    QCoreApplication::processEvents(); // new rows are shown by an event
    for (auto* widget : inside.findChildren<Widget*>()) {
        if (widget->accessibleName() == accessibleName && widget->isVisibleTo(&inside))
            return widget;
    }
    return nullptr;
}

QPushButton* button(QWidget& inside, const QString& text)
{
    QCoreApplication::processEvents();
    for (auto* widget : inside.findChildren<QPushButton*>()) {
        if (widget->text() == text && widget->isVisibleTo(&inside))
            return widget;
    }
    return nullptr;
}

} // namespace

class TestFilterEditor : public QObject
{
    Q_OBJECT

private:
    QWidget m_window;

    // A shown editor with the shop's requests.
    std::unique_ptr<FilterEditor> editor(const char* text, filter::Use use = filter::Use::Steal)
    {
        auto made = std::make_unique<FilterEditor>(use, &m_window);
        made->setSample(test::shopSample());
        made->setFilter(parsed(text));
        made->resize(1100, 700);
        made->show();
        return made;
    }

    static std::string text(const FilterEditor& editor) { return filter::print(editor.filter()); }

    static bool warns(const FilterEditor& editor, WarningKind kind)
    {
        return std::ranges::any_of(editor.warnings(),
                                   [kind](const Warning& warning) { return warning.kind == kind; });
    }

public:
    // The offscreen platform warns whenever a list pops up; every other warning still fails.
    static void initMain() { qunsetenv("QT_FATAL_WARNINGS"); }

private slots:

    void init()
    {
        QTest::failOnWarning(QRegularExpression(QStringLiteral("^(?!This plugin does not)")));
    }

    void initTestCase()
    {
        m_window.resize(1100, 700);
        m_window.show();
        QVERIFY(QTest::qWaitForWindowActive(&m_window));
    }

    void typingARule()
    {
        auto e = editor("");
        QVERIFY(warns(*e, WarningKind::TakesAll));
        QSignalSpy applied(e.get(), &FilterEditor::applied);
        QTest::mouseClick(button(*e, "+ rule"), Qt::LeftButton);
        auto* name = named<QLineEdit>(*e, "Name for rule 1");
        QVERIFY(name != nullptr);
        QVERIFY(name == e->focusWidget());
        QTest::keyClicks(name, "x-user-id");
        QTest::keyClicks(named<QLineEdit>(*e, "Value of rule 1"), "qa-7");
        QCOMPARE(text(*e), "header \"x-user-id\" is \"qa-7\"");
        QTRY_COMPARE(e->preview().tally.matched, std::uint64_t{110});
        QVERIFY(
            e->findChild<RequestList*>()->countText().startsWith("Would take 110 of the last 500"));
        QVERIFY(warns(*e, WarningKind::NoProbes));
        QTest::keyClick(QApplication::activePopupWidget(), Qt::Key_Escape); // the completion
        QTest::keyClick(e->focusWidget(), Qt::Key_Return, Qt::ControlModifier);
        QCOMPARE(applied.count(), 1);
        QVERIFY(!e->isModified());
    }

    void choosingOperators()
    {
        auto e = editor("header x-user-id is qa-7");
        auto* op = named<QComboBox>(*e, "Comparison of rule 1");
        op->setCurrentIndex(op->findText("exists"));
        QCOMPARE(text(*e), "header \"x-user-id\" exists");
        QVERIFY(named<QLineEdit>(*e, "Value of rule 1") == nullptr);
        auto* field = named<QComboBox>(*e, "Field of rule 1");
        field->setCurrentIndex(field->findText("Port"));
        QVERIFY(op->findText("contains") < 0);
        QVERIFY(field->findText("Status") < 0); // not in a steal filter
        auto view = editor("status > 499", filter::Use::View);
        QVERIFY(named<QComboBox>(*view, "Field of rule 1")->findText("Status") >= 0);
    }

    void undoIsOneStepAWord()
    {
        auto e = editor("path starts with /cart");
        auto* value = named<QLineEdit>(*e, "Value of rule 1");
        value->setFocus();
        value->end(false);
        QTest::keyClicks(value, "/items");
        QCOMPARE(text(*e), "path starts with \"/cart/items\"");
        QTest::keyClick(value, Qt::Key_Z, Qt::ControlModifier);
        QCOMPARE(text(*e), "path starts with \"/cart\"");
        value = named<QLineEdit>(*e, "Value of rule 1");
        QCOMPARE(value->text(), QString("/cart"));
        QVERIFY(value == e->focusWidget()); // the rows are new, the focus stayed
        QTest::keyClick(value, Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
        QCOMPARE(text(*e), "path starts with \"/cart/items\"");
        e->revert();
        QCOMPARE(text(*e), "path starts with \"/cart\"");
        QVERIFY(!e->isModified());
    }

    void rowsByKeyboard()
    {
        auto e = editor("path is /a and path is /b");
        const auto row = [&](const char* name) { return named<QLineEdit>(*e, name); };
        QTest::keyClick(row("Value of rule 1"), Qt::Key_Down, Qt::AltModifier);
        QCOMPARE(text(*e), "path is \"/b\" and path is \"/a\"");
        QTest::keyClick(row("Value of rule 2"), Qt::Key_D, Qt::ControlModifier);
        QCOMPARE(text(*e), "path is \"/b\" and path is \"/a\" and path is \"/a\"");
        QTest::keyClick(row("Value of rule 3"), Qt::Key_G, Qt::ControlModifier);
        QCOMPARE(text(*e), "path is \"/b\" and path is \"/a\" and any (path is \"/a\")");
        QTest::keyClick(row("Value of rule 3.1"), Qt::Key_Delete, Qt::ControlModifier);
        QCOMPARE(text(*e), "path is \"/b\" and path is \"/a\" and any ()");
        QTest::keyClick(named<QCheckBox>(*e, "Rule 1 is on"), Qt::Key_Space);
        QCOMPARE(text(*e), "off path is \"/b\" and path is \"/a\" and any ()");
    }

    void numbersOfRows()
    {
        auto e = editor("path starts with /cart and header x-user-id is qa-7");
        const auto& counts = e->preview().tally.counts;
        QCOMPARE(counts.size(), std::size_t{2});
        QCOMPARE(counts[1].met, std::uint64_t{110});
        QVERIFY(counts[1].effect < 0);
        const auto* row = e->findChildren<RuleRow*>().at(1);
        QStringList texts;
        for (const auto* label : row->findChildren<QLabel*>())
            texts << label->text();
        QVERIFY(texts.contains("110"));
        QVERIFY(texts.contains(QChar(0x2212) + QString::number(-counts[1].effect)));
    }

    void completesFromTheSample()
    {
        auto e = editor("header x-user-id is qa-7");
        auto* name = named<QLineEdit>(*e, "Name for rule 1");
        name->setFocus();
        QVERIFY(name->completer() != nullptr);
        name->completer()->setCompletionPrefix("debug");
        QCOMPARE(name->completer()->currentCompletion(), QString("x-debug"));
        auto* value = named<QLineEdit>(*e, "Value of rule 1");
        value->setFocus();
        value->completer()->setCompletionPrefix("qa-");
        QCOMPARE(value->completer()->completionCount(), 4);
    }

    void probesAreLeftOutByOneClick()
    {
        auto e = editor("method is GET");
        QVERIFY(warns(*e, WarningKind::TakesProbes));
        QTest::mouseClick(button(*e, "Leave out health probes"), Qt::LeftButton);
        QCOMPARE(e->preview().probes, std::size_t{0});
        QVERIFY(warns(*e, WarningKind::NoProbes));
        QVERIFY(filter::inWords(e->filter()).ends_with("but never health probes"));
        // A filter of another kind is put into a new one, not changed in meaning.
        e->setFilter(parsed("method is GET or method is POST"));
        QTest::mouseClick(button(*e, "Leave out health probes"), Qt::LeftButton);
        QCOMPARE(e->preview().tally.matched, std::uint64_t{500 - test::probesInShop});
    }

    void misspeltHeader()
    {
        auto e = editor("header x-usr-id is qa-7");
        QVERIFY(warns(*e, WarningKind::TakesNone));
        QTest::mouseClick(button(*e, "Use x-user-id"), Qt::LeftButton);
        QCOMPARE(e->preview().tally.matched, std::uint64_t{110});
    }

    void decisiveRule()
    {
        auto e = editor("path starts with /cart and header x-user-id is nobody");
        QTest::mouseClick(button(*e, "Switch rule 2 off"), Qt::LeftButton);
        QVERIFY(e->preview().tally.matched > 0);
    }

    void almostEverything()
    {
        auto e = editor("path starts with /");
        QVERIFY(warns(*e, WarningKind::TakesMost));
        QTest::mouseClick(button(*e, "Show what is left out"), Qt::LeftButton);
        QCOMPARE(e->findChild<SampleModel*>()->rowCount(), 0);
    }

    void brokenPattern()
    {
        auto e = editor("header x-user-id is qa-7");
        auto* op = named<QComboBox>(*e, "Comparison of rule 1");
        op->setCurrentIndex(op->findText("matches (regex)"));
        auto* value = named<QLineEdit>(*e, "Value of rule 1");
        value->clear();
        QTest::keyClicks(value, "qa-(7");
        QTRY_VERIFY(warns(*e, WarningKind::Pattern));
        QVERIFY(e->warnings()[0].text.contains("at character 4"));
        QVERIFY(!button(*e, "Apply to agent")->isEnabled());
        QCOMPARE(value->property("fieldState").toString(), QString("invalid"));
        QSignalSpy applied(e.get(), &FilterEditor::applied);
        e->apply();
        QCOMPARE(applied.count(), 0);
        QTest::mouseClick(button(*e, "Search for it as plain text"), Qt::LeftButton);
        QCOMPARE(text(*e), "header \"x-user-id\" contains \"qa-(7\"");
    }

    void lookAheadBecomesRules()
    {
        auto e = editor("header user-agent matches /^(?!kube-probe)/");
        QTest::mouseClick(button(*e, "Convert to rules"), Qt::LeftButton);
        QCOMPARE(text(*e),
                 "all ((header \"user-agent\" exists and "
                 "not (header \"user-agent\" starts with \"kube-probe\")))");
        QCOMPARE(e->preview().tally.matched, std::uint64_t{500 - test::probesInShop});
    }

    void whyAndWhyNot()
    {
        auto e = editor("path starts with /cart and header x-user-id is qa-7");
        auto* model = e->findChild<SampleModel*>();
        QAbstractItemModelTester tester(model);
        QCOMPARE(model->index(0, SampleModel::Why).data().toString(), QString("2 of 2 are true"));
        e->findChild<RequestList*>()->showHalf(false);
        QCOMPARE(static_cast<std::size_t>(model->rowCount()), e->preview().notMatched.size());
        QCOMPARE(model->index(0, SampleModel::Why).data().toString(),
                 QString("path starts with \"/cart\": it is \"/healthz\""));
        auto* verdicts = e->findChild<QListWidget*>();
        QCOMPARE(verdicts->count(), 2);
        QCOMPARE(verdicts->item(1)->text(), QString("x-user-id is \"qa-7\": it is not there"));
    }

    void textGoesBothWays()
    {
        auto e = editor("path is /a");
        e->showText(true);
        auto* edit = e->findChild<QPlainTextEdit*>();
        QCOMPARE(edit->toPlainText(), QString("path is \"/a\""));
        edit->setPlainText("path is /a or method is GET");
        QCOMPARE(text(*e), "path is \"/a\" or method is \"GET\"");
        edit->setPlainText("path is /a or metod is GET");
        QCOMPARE(text(*e), "path is \"/a\" or method is \"GET\""); // the last good one
        QVERIFY(!button(*e, "Apply to agent")->isEnabled());
        QCOMPARE(edit->extraSelections().size(), 1);
        QCOMPARE(edit->extraSelections()[0].cursor.selectedText(), QString("metod"));
        edit->setPlainText("{\"header_filter\": \"^x-user-id: qa-7$\"}");
        QTest::mouseClick(button(*e, "Import"), Qt::LeftButton);
        QCOMPARE(text(*e), "header \"x-user-id\" is \"qa-7\"");
        e->showText(false);
        QCOMPARE(named<QLineEdit>(*e, "Value of rule 1")->text(), QString("qa-7"));
    }

    // What can be reached by Tab says its name to a screen reader.
    void everythingHasAName()
    {
        auto e = editor("path is /a and not (header x is y or off method is GET)");
        for (auto* widget : e->findChildren<QWidget*>()) {
            if (!widget->isVisibleTo(e.get()) || (widget->focusPolicy() & Qt::TabFocus) == 0)
                continue;
            const auto* push = qobject_cast<QAbstractButton*>(widget);
            const bool named =
                !widget->accessibleName().isEmpty() || (push != nullptr && !push->text().isEmpty());
            QVERIFY2(named || widget->inherits("QAbstractScrollArea") == false, "scroll area");
            QVERIFY2(named, widget->metaObject()->className());
        }
    }

    // Budget of the preview: 16 ms for 500 requests on the window's thread. Printed, not gated.
    void previewCost()
    {
        Sample sample(test::shopSample());
        filter::Filter tree = parsed("path starts with /cart and header x-user-id is qa-7 and "
                                     "(method is POST or header accept matches /json$/) and "
                                     "header cookie contains session");
        tree.children.push_back(filter::Node{filter::noHealthProbes()});
        const auto compiled = *filter::CompiledFilter::compile(tree, filter::Use::Steal);
        QElapsedTimer timer;
        timer.start();
        constexpr int rounds = 20;
        std::size_t matched = 0;
        for (int i = 0; i < rounds; ++i)
            matched += makePreview(compiled, sample).matched.size();
        qInfo("preview of 500 requests, 9 rules: %.2f ms",
              static_cast<double>(timer.nsecsElapsed()) / 1e6 / rounds);
        QVERIFY(matched > 0);
    }
};

QTEST_MAIN(TestFilterEditor)
#include "tst_filter_editor.moc"
