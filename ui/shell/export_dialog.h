// SPDX-License-Identifier: GPL-3.0-or-later
// ExportDialog: which requests go into a file, and whether secrets are masked; says beforehand what
// the file will not have. Thread: the window's.
#pragma once

#include <functional>

#include <QDialog>

class QCheckBox;
class QComboBox;
class QLabel;
class QPushButton;

namespace podglass::shell {

enum class ExportScope
{
    Selected,
    Shown,
    Marked,
    All
};

// What a scope holds.
struct ExportPreview
{
    quint64 requests = 0;
    quint64 bodiesCut = 0;
    quint64 withoutData = 0;
    std::optional<quint64> secrets; // not counted of very many requests
};

class ExportDialog : public QDialog
{
    Q_OBJECT

public:
    explicit ExportDialog(std::function<ExportPreview(ExportScope)> preview,
                          QWidget* parent = nullptr);

    [[nodiscard]] ExportScope scope() const;
    [[nodiscard]] bool masked() const;

private:
    void refresh();

    std::function<ExportPreview(ExportScope)> m_preview;
    QComboBox* m_scope;
    QCheckBox* m_mask;
    QLabel* m_left;
    QPushButton* m_export;
};

} // namespace podglass::shell
