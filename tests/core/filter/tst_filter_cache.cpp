// SPDX-License-Identifier: Apache-2.0
#include "core/filter/cache.h"

#include "tests/core/filter/sample.h"

#include <QTest>

using namespace podglass;
using filter::Use;

class TestFilterCache : public QObject
{
    Q_OBJECT

private slots:

    // Incident I5: a cache keyed by identity compiled the same filter anew for each subscription.
    void sameFilterIsCompiledOnce()
    {
        filter::Cache cache;
        std::shared_ptr<const filter::CompiledFilter> first;
        for (int i = 0; i < 100'000; ++i) {
            const auto compiled =
                cache.get("header x-user-id is qa-7 and path starts with /c", Use::Steal);
            QVERIFY(compiled);
            if (!first)
                first = *compiled;
            QVERIFY(*compiled == first);
        }
        QCOMPARE(cache.size(), std::size_t{1});
        QCOMPARE(cache.misses(), std::uint64_t{1});
        QCOMPARE(cache.hits(), std::uint64_t{99'999});
        // Other spelling, same content.
        QVERIFY(*cache.get("header \"x-user-id\" = qa-7 and path starts with \"/c\"", Use::Steal)
                == first);
        // Another use is another meaning.
        QVERIFY(*cache.get(first->source(), Use::View) != first);
    }

    void isBounded()
    {
        filter::Cache cache(2);
        const auto a = *cache.get("path is /a", Use::Steal);
        (void)cache.get("path is /b", Use::Steal);
        (void)cache.get("path is /a", Use::Steal);
        (void)cache.get("path is /c", Use::Steal); // puts /b out, which was used least recently
        QCOMPARE(cache.size(), std::size_t{2});
        QCOMPARE(cache.evictions(), std::uint64_t{1});
        QVERIFY(*cache.get("path is /a", Use::Steal) == a);
        QCOMPARE(cache.misses(), std::uint64_t{3});
        (void)cache.get("path is /b", Use::Steal);
        QCOMPARE(cache.misses(), std::uint64_t{4});
    }

    void refusedIsNotKept()
    {
        filter::Cache cache;
        QVERIFY(!cache.get("path is", Use::Steal));
        QVERIFY(!cache.get("status is 200", Use::Steal));
        QCOMPARE(cache.size(), std::size_t{0});
    }
};

QTEST_APPLESS_MAIN(TestFilterCache)
#include "tst_filter_cache.moc"
