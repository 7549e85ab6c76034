// SPDX-License-Identifier: Apache-2.0
#include "lab.h"

#include <QFile>

#include <sys/stat.h>
#include <unistd.h>

namespace podglass::test {

namespace {

bool succeeds(const QString& command)
{
    return QProcess::execute("sh", {"-c", "(" + command + ") >/dev/null 2>&1"}) == 0;
}

} // namespace

std::unique_ptr<Lab> Lab::make(QString& why)
{
    static int number = 0;
    const QString name = QString("pg-agent-%1-%2").arg(::getpid()).arg(++number);
    if (!succeeds("nginx -v && curl --version && ip -V")) {
        why = "SKIP-ALL: nginx, curl and iproute2 are needed";
        return nullptr;
    }
    if (!succeeds("ip netns add " + name)) {
        why = "SKIP-ALL: network namespaces need root";
        return nullptr;
    }
    std::unique_ptr<Lab> lab(new Lab(name));
    if (!lab->startNginx()) {
        why = "nginx does not start in a namespace";
        return nullptr;
    }
    return lab;
}

Lab::Lab(QString name)
    : m_name(std::move(name))
{}

Lab::~Lab()
{
    m_nginx.terminate();
    m_nginx.waitForFinished(5000);
    succeeds("ip netns del " + m_name);
}

bool Lab::startNginx()
{
    run("ip link set lo up");
    const QString root = m_directory.path();
    ::chmod(root.toStdString().c_str(), 0755);
    QFile config(root + "/nginx.conf");
    if (!config.open(QIODevice::WriteOnly))
        return false;
    config.write(QString("daemon off; master_process off; pid %1/pid; error_log %1/error.log;\n"
                         "events {} http { access_log off; client_body_temp_path %1/b;\n"
                         "proxy_temp_path %1/p; fastcgi_temp_path %1/f; uwsgi_temp_path %1/u;\n"
                         "scgi_temp_path %1/s; keepalive_requests 1000000;\n"
                         "server { listen 8080; root %1; } }\n")
                     .arg(root)
                     .toUtf8());
    config.close();
    m_nginx.start(
        "ip",
        {"netns", "exec", m_name, "nginx", "-e", root + "/error.log", "-c", root + "/nginx.conf"});
    int status = 1;
    for (int tries = 0; tries < 100 && status != 0; ++tries)
        run("curl -s --retry 5 --retry-connrefused --retry-delay 0 -o /dev/null "
            "http://127.0.0.1:8080/",
            &status);
    return status == 0;
}

QString Lab::run(const QString& command, int* status) const
{
    QProcess process;
    process.start("ip", {"netns", "exec", m_name, "sh", "-c", command});
    process.waitForFinished(60'000);
    if (status != nullptr)
        *status = process.exitCode();
    return QString::fromUtf8(process.readAllStandardOutput());
}

void Lab::serve(const QString& name, const QByteArray& content) const
{
    QFile file(m_directory.path() + "/" + name);
    if (file.open(QIODevice::WriteOnly))
        file.write(content);
}

} // namespace podglass::test
