// SPDX-License-Identifier: Apache-2.0
// A named network namespace with a real nginx in it, for tests; both gone with the object.
#pragma once

#include <memory>

#include <QProcess>
#include <QTemporaryDir>

namespace podglass::test {

class Lab
{
public:
    // Null: not permitted here, or nginx is missing; `why` says which.
    static std::unique_ptr<Lab> make(QString& why);
    Lab(const Lab&) = delete;
    Lab& operator=(const Lab&) = delete;
    ~Lab();

    [[nodiscard]] QString name() const { return m_name; }

    [[nodiscard]] std::string spec() const { return "netns:" + m_name.toStdString(); }

    // A shell command inside, its output; the exit status goes to `status`.
    QString run(const QString& command, int* status = nullptr) const;

    // A file that nginx serves under /NAME.
    void serve(const QString& name, const QByteArray& content) const;

private:
    explicit Lab(QString name);
    bool startNginx();

    QString m_name;
    QTemporaryDir m_directory;
    QProcess m_nginx;
};

} // namespace podglass::test
