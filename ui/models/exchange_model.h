// SPDX-License-Identifier: GPL-3.0-or-later
// ExchangeModel: a store::View as a Qt table. It translates and decides nothing; sorting and
// filtering are the View's. One Delta makes few signals, however many rows it has.
// Ownership: borrows store and view, which must outlive it. Thread: the window's.
#pragma once

#include "core/store/view.h"

#include <QAbstractTableModel>

namespace podglass::models {

// Columns are store::Column, in the same order.
inline constexpr int exchangeColumns = 11;

// How a row looks, for the delegate; no widget needs to know a store::Row.
struct RowLook
{
    QString icon;          // of ui/theme
    int status = 0;        // of gRPC that ended otherwise than OK: 500, as colours go
    bool loss = false;     // `text` goes over the whole width
    bool conflict = false; // one of those, and nothing is lost
    bool sentence = false; // the path column holds words
    bool stolen = false;
    bool problem = false; // cut, gapped, broken, unanswered, taker failed
    bool open = false;
    bool marked = false;
    bool suspicious = false;
};

class ExchangeModel : public QAbstractTableModel, private store::ViewListener
{
    Q_OBJECT

public:
    ExchangeModel(const store::Store& store, store::View& view, QObject* parent = nullptr);
    ~ExchangeModel() override;

    [[nodiscard]] store::Number numberAt(int row) const;
    // -1 when it is not shown.
    [[nodiscard]] int rowOf(store::Number number) const;

    [[nodiscard]] const store::Store& store() const { return m_store; }

    // The text of a cell; fast, for the delegate.
    [[nodiscard]] QString text(store::Number number, store::Column column) const;

    [[nodiscard]] RowLook look(store::Number number) const;
    // What is missing or odd, in a word or two each; none: nothing is.
    [[nodiscard]] QStringList tags(store::Number number) const;
    // 0: none.
    [[nodiscard]] quint32 connectionOf(store::Number number) const;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation side, int role) const override;
    void sort(int column, Qt::SortOrder order) override;

signals:
    // Sorting was asked for; the View has work to do.
    void workStarted();

private:
    [[nodiscard]] QString pathText(const store::Row& row) const;

    void removing(std::size_t first, std::size_t last) override;
    void removed() override;
    void inserting(std::size_t first, std::size_t last) override;
    void inserted() override;
    void changed(std::size_t first, std::size_t last) override;
    void reordering() override;
    void reordered() override;
    void replacing() override;
    void replaced() override;

    const store::Store& m_store;
    store::View& m_view;
    QModelIndexList m_persistent;         // during a reordering
    std::vector<store::Number> m_numbers; // of m_persistent
};

} // namespace podglass::models
