// SPDX-License-Identifier: GPL-3.0-or-later
// Shows the window over a FakeAgent: to look at it, and to take pictures of it.
//   show_window [--dark] [--size 1600x1000] [--scene live|steal|guard|start|waiting|filter]
//               [--picture FILE]
#include "tests/support/capture_play.h"
#include "tests/ui/shell/fake_agent.h"
#include "ui/shell/main_window.h"
#include "ui/theme/theme.h"

#include <QAbstractButton>
#include <QAction>
#include <QApplication>
#include <QCommandLineParser>
#include <QDateTime>
#include <QDockWidget>
#include <QLineEdit>
#include <QSettings>
#include <QStandardPaths>
#include <QTableView>
#include <QTimer>

using namespace podglass;

namespace {

template <typename T>
T* part(QWidget& window, const char* name)
{
    return window.findChild<T*>(QLatin1String(name));
}

class ToStore : public flow::EventSink
{
public:
    explicit ToStore(shell::Workspace& work)
        : m_work(work)
    {}

    void onEvent(const flow::Event& event) override { m_work.store.apply(event); }

private:
    shell::Workspace& m_work;
};

void choose(QWidget& window, const char* table, int row)
{
    auto* view = part<QTableView>(window, table);
    if (view != nullptr && row >= 0)
        view->setCurrentIndex(view->model()->index(row, 0));
}

void playScene(const QString& scene, tests::FakeAgent& agent, QWidget& window)
{
    const qint64 now = QDateTime::currentMSecsSinceEpoch();
    if (scene == QLatin1String("start") || scene == QLatin1String("waiting"))
        return;
    agent.stealing = scene == QLatin1String("steal");
    agent.play(180, now - 9000);
    agent.lose(flow::LossPlace::Agent, 214, now - 3000);
    agent.play(25, now - 2500);
    agent.lose(flow::LossPlace::Kernel, 14, now - 1500);
    agent.play(18, now - 1000);
    agent.sample(now - 1000, 4000);
    agent.sample(now, 4100);
    QTimer::singleShot(300, &window, [&window, scene] {
        if (scene == QLatin1String("filter")) {
            auto* field = part<QLineEdit>(window, "viewFilter");
            field->setText(QStringLiteral("method is POST and path starts with \"/cart\""));
            emit field->returnPressed();
        }
        if (scene == QLatin1String("steal"))
            part<QLineEdit>(window, "takerAddress")->setText(QStringLiteral("127.0.0.1:8080"));
        if (scene == QLatin1String("steal") || scene == QLatin1String("guard"))
            part<QAction>(window, "stealAction")->trigger();
        if (scene == QLatin1String("steal"))
            if (auto* anyway = part<QWidget>(window, "guardAnyway"); anyway->isVisible())
                QMetaObject::invokeMethod(anyway, "click");
        if (scene == QLatin1String("docks"))
            part<QAction>(window, "showConnections")->trigger();
    });
    QTimer::singleShot(700, &window, [&window] {
        auto* table = part<QTableView>(window, "exchangeTable");
        const int row = table->model()->rowCount() - 12;
        table->setCurrentIndex(table->model()->index(std::max(0, row), 0));
    });
}

} // namespace

int main(int argc, char** argv)
{
    QApplication application(argc, argv);
    QApplication::setOrganizationName(QStringLiteral("podglass"));
    QApplication::setApplicationName(QStringLiteral("show_window"));
    QStandardPaths::setTestModeEnabled(true);
    QSettings().clear();
    QCommandLineParser options;
    options.addOptions(
        {{QStringLiteral("dark"), QStringLiteral("Dark theme")},
         {QStringLiteral("size"),
          QStringLiteral("WxH"),
          QStringLiteral("size"),
          QStringLiteral("1600x1000")},
         {QStringLiteral("scene"),
          QStringLiteral("What happens"),
          QStringLiteral("scene"),
          QStringLiteral("live")},
         {QStringLiteral("capture"), QStringLiteral("A file to show"), QStringLiteral("file")},
         {QStringLiteral("row"), QStringLiteral("Row to select"), QStringLiteral("row")},
         {QStringLiteral("message"), QStringLiteral("Message to select"), QStringLiteral("row")},
         {QStringLiteral("press"), QStringLiteral("Button to press"), QStringLiteral("name")},
         {QStringLiteral("picture"), QStringLiteral("PNG to write"), QStringLiteral("file")}});
    options.process(application);

    theme::Theme theme(application);
    theme.setChoice(options.isSet(QStringLiteral("dark")) ? theme::Choice::Dark
                                                          : theme::Choice::Light);
    session::Updates updates(limits::sessionChannelBytes);
    tests::FakeAgent agent(updates);
    shell::Workspace work(updates, agent);
    shell::MainWindow window(work, theme);
    const QStringList size = options.value(QStringLiteral("size")).split(QLatin1Char('x'));
    window.resize(size.value(0).toInt(), size.value(1).toInt());
    window.show();
    const QString scene = options.value(QStringLiteral("scene"));
    if (scene != QLatin1String("start"))
        window.openAddress(QStringLiteral("ssh://build-3/container/3f21"));
    const QStringList captures = options.values(QStringLiteral("capture"));
    QTimer::singleShot(200, &window, [&] {
        if (captures.isEmpty())
            playScene(scene, agent, window);
        ToStore store(work);
        for (const QString& file : captures) {
            if (!tests::playCapture(file.toStdString(), store))
                qWarning("%s cannot be read", qPrintable(file));
            work.store.newAgent(); // the next file's ids are its own
        }
        work.feed.publish();
    });
    QTimer::singleShot(700, &window, [&] {
        if (options.isSet(QStringLiteral("row")))
            choose(window, "exchangeTable", options.value(QStringLiteral("row")).toInt());
        for (const QString& name : options.values(QStringLiteral("press")))
            if (auto* button = window.findChild<QAbstractButton*>(name); button != nullptr)
                button->click();
        if (options.isSet(QStringLiteral("message")))
            choose(window, "messageTable", options.value(QStringLiteral("message")).toInt());
    });
    if (options.isSet(QStringLiteral("picture")))
        QTimer::singleShot(1600, &window, [&] {
            window.grab().save(options.value(QStringLiteral("picture")));
            QApplication::quit();
        });
    return QApplication::exec();
}
