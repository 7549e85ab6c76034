// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/export_dialog.h"

#include "ui/models/format.h"
#include "ui/shell/dialog_parts.h"
#include "ui/theme/theme.h"

#include <QCheckBox>
#include <QComboBox>
#include <QCoreApplication>
#include <QFormLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace podglass::shell {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("export", text);
}

QString leftText(const ExportPreview& preview)
{
    QStringList parts;
    if (preview.bodiesCut != 0)
        parts << tr("Bodies of %1 requests are not whole.").arg(models::count(preview.bodiesCut));
    if (preview.withoutData != 0)
        parts << tr("Heads and bodies of %1 requests were dropped to stay within the memory limit.")
                     .arg(models::count(preview.withoutData));
    return parts.isEmpty() ? tr("Every body is whole.") : parts.join(QLatin1Char(' '));
}

} // namespace

ExportDialog::ExportDialog(std::function<ExportPreview(ExportScope)> preview, QWidget* parent)
    : QDialog(parent)
    , m_preview(std::move(preview))
    , m_scope(new QComboBox(this))
    , m_mask(new QCheckBox(this))
    , m_left(mutedText({}, this))
{
    setWindowTitle(tr("Export as HAR"));
    m_scope->setObjectName(QStringLiteral("exportScope"));
    m_scope->setAccessibleName(tr("Requests"));
    const std::array<std::pair<ExportScope, const char*>, 4> scopes{
        {{ExportScope::Selected, "Selected (%1)"},
         {ExportScope::Shown, "Shown in the list (%1)"},
         {ExportScope::Marked, "Marked (%1)"},
         {ExportScope::All, "All (%1)"}}};
    for (const auto& [scope, text] : scopes)
        if (const quint64 count = m_preview(scope).requests; count != 0)
            m_scope->addItem(tr(text).arg(models::count(count)), static_cast<int>(scope));
    // One row is always selected: more than one was chosen.
    if (m_preview(ExportScope::Selected).requests <= 1)
        m_scope->setCurrentIndex(m_scope->findData(static_cast<int>(ExportScope::Shown)));
    m_mask->setObjectName(QStringLiteral("exportMask"));
    m_mask->setChecked(true);
    m_left->setObjectName(QStringLiteral("exportLeft"));
    QFormLayout* form = dialogForm();
    form->addRow(tr("Requests"), m_scope);
    form->addRow(tr("Secrets"), m_mask);
    auto* buttons = dialogButtons(QDialogButtonBox::Save | QDialogButtonBox::Cancel, this);
    m_export = buttons->button(QDialogButtonBox::Save);
    m_export->setText(tr("Export…"));
    connect(m_scope, &QComboBox::currentIndexChanged, this, &ExportDialog::refresh);
    auto* layout = dialogColumn(this);
    layout->setSpacing(theme::gapLarge);
    layout->addLayout(form);
    layout->addWidget(m_left);
    layout->addWidget(buttons);
    refresh();
    fitToWidth(this, 460);
}

void ExportDialog::refresh()
{
    const ExportPreview preview = m_preview(scope());
    m_export->setEnabled(m_scope->count() != 0);
    m_left->setText(leftText(preview));
    m_mask->setText(preview.secrets
                        ? tr("Mask credentials and cookies in header fields (%1 values)")
                              .arg(models::count(*preview.secrets))
                        : tr("Mask credentials and cookies in header fields"));
}

ExportScope ExportDialog::scope() const
{
    return m_scope->count() == 0 ? ExportScope::All
                                 : static_cast<ExportScope>(m_scope->currentData().toInt());
}

bool ExportDialog::masked() const
{
    return m_mask->isChecked();
}

} // namespace podglass::shell
