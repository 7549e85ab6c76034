// SPDX-License-Identifier: GPL-3.0-or-later
// EmptyState: why a list is empty, and the next act. An icon, a title, a sentence, up to two
// buttons. Plain text only.
#pragma once

#include <QWidget>

class QLabel;
class QPushButton;

namespace podglass::theme {
class IconLabel;
}

namespace podglass::views {

class EmptyState : public QWidget
{
    Q_OBJECT

public:
    explicit EmptyState(QWidget* parent = nullptr);

    // An empty label hides its button.
    void show(const QString& icon,
              const QString& title,
              const QString& text,
              const QString& primary = {},
              const QString& secondary = {});

    [[nodiscard]] QString title() const;

signals:
    void primaryClicked();
    void secondaryClicked();

private:
    theme::IconLabel* m_icon;
    QLabel* m_title;
    QLabel* m_text;
    QPushButton* m_primary;
    QPushButton* m_secondary;
};

} // namespace podglass::views
