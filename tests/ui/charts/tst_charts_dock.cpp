// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/charts/chart_samples.h"
#include "ui/charts/charts_dock.h"
#include "ui/theme/style_sheet.h"

#include <QApplication>
#include <QClipboard>
#include <QDir>
#include <QLabel>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>
#include <qcustomplot.h>

using namespace podglass;
using namespace podglass::charts;

class TestChartsDock : public QObject
{
    Q_OBJECT

private slots:
    void init();
    void cleanup();
    void saysThatItIsEmpty();
    void describesItselfInWords();
    void aDragShowsThatRangeAndDoubleClickGoesBack();
    void arrowKeysWalkThroughTime();
    void hiddenOrFrozenPaintsNothing();
    void repaintsAtMostFourTimesASecond();
    void copiesWhatIsShown();
    void aFarLimitDoesNotFlattenTheLines();
    void everyPlotHasAName();
    void pictures();

private:
    [[nodiscard]] QCustomPlot* canvas(const char* id) const
    {
        return m_dock->findChild<QCustomPlot*>(QString::fromLatin1(id) + "Canvas");
    }

    void feed(int count) const
    {
        for (const auto& sample : someSamples(count)) {
            m_dock->addSample(sample);
        }
    }

    std::unique_ptr<QWidget> m_window;
    ChartsDock* m_dock = nullptr;
};

void TestChartsDock::init()
{
    m_window = std::make_unique<QWidget>();
    m_dock = new ChartsDock(m_window.get());
    m_dock->resize(1280, 220);
    m_window->resize(1280, 220);
    m_window->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_window.get()));
}

void TestChartsDock::cleanup()
{
    m_window.reset();
}

void TestChartsDock::saysThatItIsEmpty()
{
    QVERIFY(m_dock->findChild<QLabel*>("chartsEmpty")->isVisible());
    QVERIFY(!m_dock->findChild<QPushButton*>("chartsCopy")->isEnabled());
    feed(1);
    QVERIFY(!m_dock->findChild<QLabel*>("chartsEmpty")->isVisible());
}

void TestChartsDock::describesItselfInWords()
{
    auto sample = someSamples(1).front();
    sample.anonymous = 38 << 20;
    sample.memoryLimit = 0;
    m_dock->addSample(sample);
    QTRY_VERIFY(canvas("memoryPlot")->accessibleDescription().contains("heap 38.0 MiB"));
    QVERIFY(canvas("memoryPlot")->accessibleDescription().contains(QString::fromUtf8("limit –")));
}

void TestChartsDock::aDragShowsThatRangeAndDoubleClickGoesBack()
{
    feed(600);
    auto* plot = canvas("ratePlot");
    QSignalSpy painted(plot, &QCustomPlot::afterReplot);
    QVERIFY(painted.wait());
    const auto live = plot->xAxis->range();
    const int y = plot->axisRect()->center().y();
    const int from = plot->axisRect()->left() + 40;
    const int until = from + 60;
    const double expectedFrom = plot->xAxis->pixelToCoord(from);
    const double expectedUntil = plot->xAxis->pixelToCoord(until);
    QTest::mousePress(plot, Qt::LeftButton, {}, {from, y});
    QTest::mouseMove(plot, {until, y});
    QTest::mouseRelease(plot, Qt::LeftButton, {}, {until, y});
    for (const auto* id : {"memoryPlot", "lagPlot", "queuePlot", "ratePlot"}) {
        QVERIFY(std::abs(canvas(id)->xAxis->range().lower - expectedFrom) < 0.01);
        QVERIFY(std::abs(canvas(id)->xAxis->range().upper - expectedUntil) < 0.01);
    }
    QSignalSpy wanted(m_dock, &ChartsDock::requestsWanted);
    m_dock->findChild<QPushButton*>("chartsRequests")->click();
    QCOMPARE(wanted.size(), 1);
    QTest::mouseDClick(plot, Qt::LeftButton, {}, {from, y});
    QCOMPARE(plot->xAxis->range().upper, live.upper);
    QCOMPARE(plot->xAxis->range().lower, live.lower);
}

void TestChartsDock::arrowKeysWalkThroughTime()
{
    feed(600);
    auto* plot = canvas("lagPlot");
    QSignalSpy painted(plot, &QCustomPlot::afterReplot);
    QVERIFY(painted.wait());
    plot->setFocus();
    QTest::keyClick(plot, Qt::Key_Left);
    QTest::keyClick(plot, Qt::Key_Left);
    QVERIFY(plot->accessibleDescription().startsWith("At "));
    QVERIFY(canvas("memoryPlot")->accessibleDescription().startsWith("At "));
    QTest::keyClick(plot, Qt::Key_Escape);
    QVERIFY(!plot->accessibleDescription().startsWith("At "));
}

void TestChartsDock::hiddenOrFrozenPaintsNothing()
{
    feed(10);
    QSignalSpy painted(canvas("lagPlot"), &QCustomPlot::afterReplot);
    QVERIFY(painted.wait());
    m_dock->setFrozen(true);
    painted.clear();
    feed(20);
    QVERIFY(!painted.wait(400));
    m_dock->setFrozen(false);
    QVERIFY(painted.wait());
    m_dock->hide();
    painted.clear();
    for (const auto& sample : someSamples(30)) {
        m_dock->addSample(sample);
    }
    QVERIFY(!painted.wait(400));
}

void TestChartsDock::repaintsAtMostFourTimesASecond()
{
    QSignalSpy painted(canvas("lagPlot"), &QCustomPlot::afterReplot);
    QElapsedTimer clock;
    clock.start();
    std::int64_t number = 0;
    while (clock.elapsed() < 1000) {
        ChartSample sample;
        sample.at = second(++number);
        m_dock->addSample(sample);
        QCoreApplication::processEvents(QEventLoop::AllEvents, 5);
    }
    QVERIFY(painted.size() >= 1);
    // The window's own first paint and resize may add one.
    QVERIFY2(painted.size() <= 5, qPrintable(QString::number(painted.size())));
}

void TestChartsDock::copiesWhatIsShown()
{
    feed(600);
    m_dock->findChild<QPushButton*>("chartsCopy")->click();
    const auto lines = QApplication::clipboard()->text().split('\n', Qt::SkipEmptyParts);
    QVERIFY(lines.front().startsWith("time_utc,agent_anonymous_bytes"));
    QCOMPARE(lines.size(), 1 + 302); // 5 minutes, both ends, one beyond
}

void TestChartsDock::aFarLimitDoesNotFlattenTheLines()
{
    auto sample = someSamples(1).front();
    sample.anonymous = 10 << 20;
    sample.pageCache = 0;
    sample.memoryLimit = 1 << 30;
    m_dock->addSample(sample);
    auto* plot = canvas("memoryPlot");
    QTRY_VERIFY(plot->yAxis->range().upper > (10 << 20));
    QVERIFY(plot->yAxis->range().upper < (32 << 20));
    sample.at = second(1);
    sample.memoryLimit = 16 << 20;
    m_dock->addSample(sample);
}

void TestChartsDock::everyPlotHasAName()
{
    for (const auto* plot : m_dock->findChildren<QCustomPlot*>()) {
        QVERIFY(!plot->accessibleName().isEmpty());
    }
}

// Pictures for a person: PODGLASS_SHOTS=folder tst_charts_dock pictures
void TestChartsDock::pictures()
{
    const auto folder = qEnvironmentVariable("PODGLASS_SHOTS");
    if (folder.isEmpty()) {
        QSKIP("no folder for pictures given (PODGLASS_SHOTS)");
    }
    feed(900);
    m_dock->addMarker({second(660), MarkerKind::Mode, "Steal"});
    m_dock->addMarker({second(700), MarkerKind::Filter, "Filter 7"});
    m_dock->addMarker({second(780), MarkerKind::Mode, "Mirror"});
    m_dock->addMarker({second(850), MarkerKind::Connection, "Reconnected"});
    for (const auto scheme : {theme::Scheme::Light, theme::Scheme::Dark}) {
        QApplication::setPalette(theme::paletteFor(scheme));
        qApp->setStyleSheet(theme::styleSheetFor(scheme));
        const QString name = scheme == theme::Scheme::Light ? "light" : "dark";
        for (const QSize size : {QSize(1280, 220), QSize(760, 400)}) {
            m_window->resize(size);
            m_dock->resize(size);
            QTest::qWait(400);
            auto* plot = canvas("lagPlot");
            QTest::mouseMove(plot, plot->axisRect()->center());
            QTest::qWait(50);
            QVERIFY(m_dock->grab().save(
                QDir(folder).filePath(QString("charts-%1-%2.png").arg(name).arg(size.width()))));
        }
    }
}

QTEST_MAIN(TestChartsDock)
#include "tst_charts_dock.moc"
