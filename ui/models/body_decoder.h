// SPDX-License-Identifier: GPL-3.0-or-later
// BodyDecoder: undoes the content coding of one body in slices of a few milliseconds, so that the
// window goes on; another body, or clear(), ends it at once. Thread: the window's.
#pragma once

#include "core/content/decoder.h"

#include <memory>
#include <optional>

#include <QByteArray>
#include <QObject>
#include <QTimer>

namespace podglass::models {

class BodyDecoder : public QObject
{
    Q_OBJECT

public:
    explicit BodyDecoder(QObject* parent = nullptr);

    // `whole`: no more of the body will come.
    void start(const QByteArray& body, const QString& encoding, bool whole);
    void clear();

    // False: nothing is encoded, or not in a way that is known (problem()).
    [[nodiscard]] bool wanted() const { return m_decoder && m_decoder->wanted(); }

    [[nodiscard]] bool working() const { return m_timer.isActive(); }

    [[nodiscard]] const QByteArray& decoded() const { return m_decoded; }

    [[nodiscard]] QString name() const; // "gzip"
    [[nodiscard]] QString problem() const;

signals:
    // decoded() has all that there will be.
    void finished();

private:
    void work();

    std::unique_ptr<content::Decoder> m_decoder;
    QByteArray m_body;
    QByteArray m_decoded;
    QString m_name;
    QTimer m_timer;
};

} // namespace podglass::models
