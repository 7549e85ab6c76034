// SPDX-License-Identifier: GPL-3.0-or-later
// The view filter above the list, as text. Checked on each keystroke; valid text applies after
// 150 ms without one, Enter applies at once; invalid text keeps the last good filter in force, and
// its wrong place is underlined. Tint and icon say the state; a line below reads it in words.
// Esc: first takes back text that is wrong, then clears the filter, then the restriction beside it,
// then leaves the bar.
#pragma once

#include "core/filter/text.h"

#include <QStringList>
#include <QTimer>
#include <QWidget>

class QAction;
class QLabel;
class QLineEdit;
class QMenu;
class QPushButton;
class QToolButton;

namespace podglass::ui {

enum class BarState
{
    Empty,
    Valid,
    Warning, // fine, but nothing matches, or a header that was never seen
    Invalid
};

class FilterBar : public QWidget
{
    Q_OBJECT

public:
    explicit FilterBar(QWidget* parent = nullptr);

    // As if the user had typed it and pressed Enter.
    void setFilter(const filter::Filter& filter);
    // A restriction beside the text, as a chip that can be removed: "Connection 18". Empty: none.
    void setScope(const QString& text);
    // What the list shows of what there is: "37 of 12,431".
    void setCounts(std::uint64_t shown, std::uint64_t total);
    // Lower-case names of the headers seen so far; unknown ones make a warning. Empty: not known.
    void setSeenHeaders(QStringList names);
    void setRecent(const QStringList& texts);

    [[nodiscard]] QStringList recent() const { return m_recent; }

    // The filter in force: the last valid one.
    [[nodiscard]] const filter::Filter& filter() const { return m_applied; }

    [[nodiscard]] BarState state() const { return m_state; }

    [[nodiscard]] QLineEdit* edit() const { return m_edit; }

signals:
    void applied(const podglass::filter::Filter& filter);
    void editorWanted(); // "Edit as rules"
    void scopeRemoved();
    void left(); // Esc on an empty bar: the list wants the focus

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void build();
    void check();
    void apply();
    void escape();
    void remember(const QString& text);
    void showState();
    void underline(const filter::TextError* error);
    [[nodiscard]] QString unknownHeader(const filter::Group& group) const;
    void fillRecent();

    filter::Filter m_applied;
    filter::Filter m_typed; // if the text is valid
    filter::TextError m_error;
    bool m_valid = true;
    BarState m_state = BarState::Empty;
    QString m_appliedText;
    QStringList m_recent;
    QStringList m_headers;
    std::uint64_t m_shown = 0;
    std::uint64_t m_total = 0;
    QTimer m_idle;
    QLineEdit* m_edit = nullptr;
    QAction* m_icon = nullptr;
    QToolButton* m_recentButton = nullptr;
    QMenu* m_recentMenu = nullptr;
    QPushButton* m_scope = nullptr;
    QLabel* m_counts = nullptr;
    QLabel* m_words = nullptr;
};

} // namespace podglass::ui
