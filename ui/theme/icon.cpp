// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/icon.h"

#include <optional>

#include <QFile>
#include <QFontDatabase>
#include <QGuiApplication>
#include <QIconEngine>
#include <QPainter>
#include <QPixmapCache>
#include <QSvgRenderer>

// Q_INIT_RESOURCE must stand outside of namespaces; static libraries need it.
static void initPodglassResources()
{
    Q_INIT_RESOURCE(podglass);
}

namespace podglass::theme {

namespace {

class SvgIconEngine : public QIconEngine
{
public:
    SvgIconEngine(QString name, std::optional<Role> role)
        : m_name(std::move(name))
        , m_role(role)
    {}

    void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State state) override
    {
        const qreal ratio = painter->device()->devicePixelRatioF();
        painter->drawPixmap(rect, draw(rect.size() * ratio, mode, state));
    }

    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override
    {
        return draw(size, mode, state);
    }

    QIconEngine* clone() const override { return new SvgIconEngine(*this); }

private:
    QColor ink(QIcon::Mode mode) const
    {
        const QPalette palette = QGuiApplication::palette();
        if (mode == QIcon::Disabled)
            return palette.color(QPalette::Disabled, QPalette::ButtonText);
        if (mode == QIcon::Selected)
            return palette.color(QPalette::HighlightedText);
        return color(palette, m_role.value_or(Role::Text));
    }

    QPixmap draw(const QSize& size, QIcon::Mode mode, QIcon::State) const
    {
        const QColor colour = ink(mode);
        const QString key = QStringLiteral("podglass/%1/%2/%3x%4")
                                .arg(m_name, colour.name(QColor::HexArgb))
                                .arg(size.width())
                                .arg(size.height());
        QPixmap pixmap;
        if (QPixmapCache::find(key, &pixmap))
            return pixmap;
        QFile file(QStringLiteral(":/podglass/icons/%1.svg").arg(m_name));
        if (!file.open(QIODevice::ReadOnly))
            return {};
        QByteArray svg = file.readAll();
        svg.replace("currentColor", colour.name(QColor::HexRgb).toLatin1());
        QSvgRenderer renderer(svg);
        pixmap = QPixmap(size);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        painter.setOpacity(colour.alphaF());
        renderer.render(&painter);
        painter.end();
        QPixmapCache::insert(key, pixmap);
        return pixmap;
    }

    QString m_name;
    std::optional<Role> m_role;
};

QIcon makeIcon(const QString& name, std::optional<Role> role)
{
    initPodglassResources();
    if (!QFile::exists(QStringLiteral(":/podglass/icons/%1.svg").arg(name)))
        return {};
    return QIcon(new SvgIconEngine(name, role));
}

} // namespace

QIcon icon(const QString& name)
{
    return makeIcon(name, std::nullopt);
}

QIcon icon(const QString& name, Role role)
{
    return makeIcon(name, role);
}

QIcon applicationIcon()
{
    initPodglassResources();
    return QIcon(QStringLiteral(":/podglass/podglass.svg"));
}

QFont monospace()
{
    QFont font = QFontDatabase::systemFont(QFontDatabase::FixedFont);
    font.setStyleHint(QFont::Monospace);
    font.setPointSizeF(QGuiApplication::font().pointSizeF());
    return font;
}

} // namespace podglass::theme
