// SPDX-License-Identifier: GPL-3.0-or-later
// The requests of a sample that match, or that do not, as rows; the last column says why.
#pragma once

#include "ui/filter/preview.h"

#include <QAbstractTableModel>

namespace podglass::ui {

class SampleModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column
    {
        Time,
        Method,
        Target,
        From,
        Why,
        Columns
    };

    using QAbstractTableModel::QAbstractTableModel;

    // `matched`: which half of the preview to show.
    void show(const Sample& sample, const Preview& preview, bool matched);

    // Index into the sample; nothing if the row is not there.
    [[nodiscard]] std::optional<std::size_t> requestAt(const QModelIndex& index) const;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant
    headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    [[nodiscard]] QString text(std::size_t request, int column) const;
    [[nodiscard]] QString why(std::size_t request) const;

    Sample m_sample;
    std::shared_ptr<const filter::CompiledFilter> m_filter;
    std::vector<std::size_t> m_rows;
    bool m_matched = true;
};

} // namespace podglass::ui
