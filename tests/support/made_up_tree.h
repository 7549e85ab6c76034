// SPDX-License-Identifier: Apache-2.0
// A directory of files that stands for "/" in tests of code that reads /proc and /sys. Gone with
// the object.
#pragma once

#include <filesystem>
#include <fstream>
#include <string_view>

#include <QTemporaryDir>

namespace podglass::support {

class MadeUpTree
{
public:
    [[nodiscard]] std::filesystem::path root() const { return m_directory.path().toStdString(); }

    void file(const std::filesystem::path& path, std::string_view text) const
    {
        const std::filesystem::path full = root() / path;
        std::filesystem::create_directories(full.parent_path());
        std::ofstream(full) << text;
    }

    void link(const std::filesystem::path& path, const std::filesystem::path& target) const
    {
        const std::filesystem::path full = root() / path;
        std::filesystem::create_directories(full.parent_path());
        std::filesystem::create_symlink(target, full);
    }

private:
    QTemporaryDir m_directory;
};

} // namespace podglass::support
