// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/filter/text_page.h"

#include "core/filter/mirrord_import.h"

#include "ui/theme/icon.h"
#include "ui/theme/style_sheet.h"
#include "ui/theme/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSignalBlocker>
#include <QStringList>
#include <QVBoxLayout>

namespace podglass::ui {

namespace {

// Byte offsets are the parser's, characters the editor's.
int characters(const QByteArray& utf8, std::size_t bytes)
{
    return static_cast<int>(QString::fromUtf8(utf8.left(static_cast<qsizetype>(bytes))).size());
}

} // namespace

TextPage::TextPage(filter::Use use, QWidget* parent)
    : QWidget(parent)
    , m_use(use)
    , m_edit(new QPlainTextEdit(this))
    , m_message(new QLabel(this))
    , m_import(new QPushButton(tr("Import"), this))
{
    m_edit->setFont(theme::monospace());
    m_edit->setTabChangesFocus(true);
    m_edit->setAccessibleName(tr("Filter as text"));
    m_edit->setPlaceholderText(
        tr("path starts with \"/cart\" and header \"x-user-id\" is \"qa-7\"\n"
           "Nothing: every request. A mirrord http_filter can be pasted as well."));
    m_message->setTextFormat(Qt::PlainText);
    m_message->setWordWrap(true);
    m_message->setAccessibleName(tr("What the text means"));
    m_import->setVisible(false);
    auto* foot = new QHBoxLayout;
    foot->addWidget(m_message, 1);
    foot->addWidget(m_import);
    auto* whole = new QVBoxLayout(this);
    whole->setContentsMargins(theme::gapLarge, theme::gap, theme::gapLarge, theme::gap);
    whole->addWidget(m_edit, 1);
    whole->addLayout(foot);
    connect(m_edit, &QPlainTextEdit::textChanged, this, &TextPage::check);
    connect(m_import, &QPushButton::clicked, this, &TextPage::import);
}

void TextPage::showFilter(const filter::Filter& filter)
{
    const auto now = filter::parse(m_edit->toPlainText().toStdString());
    if (std::holds_alternative<filter::Filter>(now) && std::get<filter::Filter>(now) == filter)
        return;
    const QSignalBlocker quiet(m_edit);
    m_edit->setPlainText(QString::fromStdString(filter::print(filter)));
    m_valid = true;
    showFine({});
    emit validityChanged();
}

void TextPage::focusText()
{
    m_edit->setFocus(Qt::OtherFocusReason);
    m_edit->moveCursor(QTextCursor::End);
}

void TextPage::check()
{
    const QByteArray text = m_edit->toPlainText().toUtf8();
    const bool foreign = text.trimmed().startsWith('{');
    m_import->setVisible(foreign);
    if (foreign) {
        m_valid = false;
        showFine(tr("This looks like a mirrord http_filter."));
        emit validityChanged();
        return;
    }
    const auto result = filter::parse(text.toStdString());
    const auto* error = std::get_if<filter::TextError>(&result);
    m_valid = error == nullptr;
    if (error != nullptr) {
        showError(*error);
    } else {
        // What only the compiler refuses is shown here as well, but it is a filter.
        const auto checked = filter::parseChecked(text.toStdString(), m_use);
        if (const auto* refused = std::get_if<filter::TextError>(&checked))
            showError(*refused);
        else
            showFine({});
        emit edited(std::get<filter::Filter>(result));
    }
    emit validityChanged();
}

void TextPage::showError(const filter::TextError& error)
{
    const QByteArray text = m_edit->toPlainText().toUtf8();
    int from = characters(text, error.position);
    int to = characters(text, error.position + error.length);
    const int end = static_cast<int>(m_edit->toPlainText().size());
    if (from == to) { // an end that came too early: mark the last character
        to = std::min(from + 1, end);
        from = std::max(0, to - 1);
    }
    QTextEdit::ExtraSelection mark;
    mark.cursor = QTextCursor(m_edit->document());
    mark.cursor.setPosition(from);
    mark.cursor.setPosition(to, QTextCursor::KeepAnchor);
    mark.format.setUnderlineStyle(QTextCharFormat::WaveUnderline);
    mark.format.setUnderlineColor(theme::color(palette(), theme::Role::Failure));
    mark.format.setBackground(theme::color(palette(), theme::Role::FailureFill));
    m_edit->setExtraSelections({mark});
    m_message->setText(tr("Character %1: %2")
                           .arg(characters(text, error.position) + 1)
                           .arg(QString::fromStdString(error.message)));
    theme::restyle(m_message, "tone", QStringLiteral("failure"));
}

void TextPage::showFine(const QString& note)
{
    m_edit->setExtraSelections({});
    theme::restyle(m_message, "tone", QStringLiteral("muted"));
    m_message->setText(note);
}

void TextPage::import()
{
    const auto result = filter::importMirrord(m_edit->toPlainText().toStdString());
    if (!result) {
        m_message->setText(QString::fromStdString(result.error().what));
        theme::restyle(m_message, "tone", QStringLiteral("failure"));
        return;
    }
    m_edit->setPlainText(QString::fromStdString(filter::print(result.value().filter)));
    QStringList notes;
    for (const filter::ImportNote& note : result.value().notes) {
        const QString text = tr("%1: %2").arg(QString::fromStdString(note.item),
                                              QString::fromStdString(note.message));
        notes << (note.lost ? tr("Left out – %1").arg(text) : text);
    }
    if (!notes.isEmpty())
        showFine(notes.join(u'\n'));
    m_edit->setFocus();
}

} // namespace podglass::ui
