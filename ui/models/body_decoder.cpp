// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/body_decoder.h"

#include "ui/models/format.h"

#include <QElapsedTimer>

namespace podglass::models {

BodyDecoder::BodyDecoder(QObject* parent)
    : QObject(parent)
{
    m_timer.setInterval(0);
    connect(&m_timer, &QTimer::timeout, this, &BodyDecoder::work);
}

void BodyDecoder::start(const QByteArray& body, const QString& encoding, bool whole)
{
    clear();
    const bytes::ByteView view(reinterpret_cast<const std::uint8_t*>(body.constData()),
                               static_cast<std::size_t>(body.size()));
    const std::string names = encoding.toStdString();
    m_decoder = std::make_unique<content::Decoder>(view, names, whole);
    m_name = visible(m_decoder->name());
    if (m_decoder->wanted() && !body.isEmpty())
        work(); // what is small is there at once
}

void BodyDecoder::clear()
{
    m_timer.stop();
    m_decoder.reset();
    m_decoded.clear();
    m_name.clear();
}

void BodyDecoder::work()
{
    constexpr qint64 slice = 6;
    QElapsedTimer spent;
    spent.start();
    bool more = true;
    while (more && spent.elapsed() < slice)
        more = m_decoder->work();
    if (more) {
        m_timer.start();
        return;
    }
    m_timer.stop();
    const auto& bytes = m_decoder->bytes();
    m_decoded = QByteArray(reinterpret_cast<const char*>(bytes.data()),
                           static_cast<qsizetype>(bytes.size()));
    emit finished();
}

QString BodyDecoder::name() const
{
    return m_name;
}

QString BodyDecoder::problem() const
{
    return m_decoder ? visible(m_decoder->stopped()) : QString();
}

} // namespace podglass::models
