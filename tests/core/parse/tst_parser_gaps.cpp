// SPDX-License-Identifier: Apache-2.0
// Holes in a connection and connections joined late: what is known stays, what is not is said, and
// the parser finds its way again.
#include "exchange_text.h"

using namespace podglass;
using namespace podglass::tests;

class ParserGapsTest : public QObject
{
    Q_OBJECT

private slots:
    void joinedLate();
    void joinedInMidStream();
    void gapInBody();
    void gapInChunk();
    void gapInHead();
    void gapBetween();
    void gapAtStart();
    void gapSwallowsResponse();
};

void ParserGapsTest::joinedLate()
{
    Setting late;
    late.joinedLate = true;
    SAME(between(played({c(get), s(ok), c(get), s(ok)}, late)),
         "protocol http/1\n> #1 GET /a flags=8\n> #1 complete 0\n< #1 200 OK flags=8 "
         "Content-Length=2\n< #1 body @0 hi\n< #1 complete 2\n> #2 GET /a\n> #2 complete 0\n"
             + answered(2));
}

void ParserGapsTest::joinedInMidStream()
{
    Setting late;
    late.joinedLate = true;
    const std::string noise = "lf a body\r\nGET /no HTTP/1.1\r\n\r\n";
    const std::string tail = "rest";
    SAME(between(play({c(noise), s(tail), s(ok), c(get), s(ok)}, late, {noise, tail, ok, get, ok})),
         "protocol raw\n> raw @0 lf a body\\x0d\\x0aGET /no HTTP/1.1\\x0d\\x0a\\x0d\\x0a\n"
         "< raw @0 rest\nprotocol http/1\n< #1 200 OK flags=8 Content-Length=2\n< #1 body @0 hi\n"
         "< #1 complete 2\n> #2 GET /a flags=8\n> #2 complete 0\n"
             + answered(2));
}

void ParserGapsTest::gapInBody()
{
    SAME(between(played({c(get),
                         s("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"),
                         gapOf(down, 5),
                         s("de" + ok),
                         c(get)})),
         "protocol http/1\n> #1 GET /a\n> #1 complete 0\n< #1 200 OK Content-Length=10\n"
         "< #1 body @0 abc\n< gap @42 5\n< #1 body @8 de\n< #1 cut by gap 10\n"
         "< #2 200 OK flags=8 Content-Length=2\n< #2 body @0 hi\n< #2 complete 2\n"
         "> #3 GET /a\n> #3 complete 0\n< #3 unanswered 0\n");
}

void ParserGapsTest::gapInChunk()
{
    SAME(between(played({c(get),
                         s("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\nab"),
                         gapOf(down, 4),
                         s("cd\r\n0\r\n\r\n")})),
         "protocol http/1\n> #1 GET /a\n> #1 complete 0\n< #1 200 OK Transfer-Encoding=chunked\n"
         "< #1 body @0 ab\n< gap @52 4\n< #1 body @6 cd\n< #1 cut by gap 8\n");
    // Past the chunk nothing is certain until a response begins.
    SAME(between(
             play({c(get),
                   s("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\nab"),
                   gapOf(down, 9),
                   s("5\r\nhello"),
                   c(get),
                   s(ok)},
                  {},
                  {get,
                   std::string_view("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\nab"),
                   "5\r\nhello",
                   get,
                   ok})),
         "protocol http/1\n> #1 GET /a\n> #1 complete 0\n< #1 200 OK Transfer-Encoding=chunked\n"
         "< #1 body @0 ab\n< gap @52 9\n< #1 cut by gap 2\n< raw @61 5\\x0d\\x0ahello\n"
         "> #2 GET /a\n> #2 complete 0\n< #2 200 OK flags=8 Content-Length=2\n"
         "< #2 body @0 hi\n< #2 complete 2\n");
}

void ParserGapsTest::gapInHead()
{
    SAME(between(played({c(get + "GET /b HT"), gapOf(up, 9), c(get), s(ok + ok)})),
         "protocol http/1\n> #1 GET /a\n> #1 complete 0\n> gap @28 9\n> raw @19 GET /b HT\n"
         "> #2 GET /a flags=8\n> #2 complete 0\n"
             + answered(1) + answered(2));
}

void ParserGapsTest::gapBetween()
{
    SAME(between(played({c(get), s(ok), gapOf(up, 19), s(ok), c(get), s(ok)})),
         "protocol http/1\n> #1 GET /a\n> #1 complete 0\n" + answered(1)
             + "> gap @19 19\n< #2 200 OK flags=8 Content-Length=2\n< #2 body @0 hi\n"
               "< #2 complete 2\n> #3 GET /a flags=8\n> #3 complete 0\n"
             + answered(3));
}

void ParserGapsTest::gapAtStart()
{
    SAME(between(played({gapOf(up, 100), s(ok), c(get), s(ok)})),
         "> gap @0 100\nprotocol http/1\n< #1 200 OK flags=8 Content-Length=2\n< #1 body @0 hi\n"
         "< #1 complete 2\n> #2 GET /a flags=8\n> #2 complete 0\n"
             + answered(2));
}

void ParserGapsTest::gapSwallowsResponse()
{
    SAME(between(played({c(get), gapOf(down, 40), c(get), s(ok)})),
         "protocol http/1\n> #1 GET /a\n> #1 complete 0\n< gap @0 40\n< #1 cut by gap 0\n"
         "> #2 GET /a\n> #2 complete 0\n< #2 200 OK flags=8 Content-Length=2\n< #2 body @0 hi\n"
         "< #2 complete 2\n");
}

QTEST_APPLESS_MAIN(ParserGapsTest)
#include "tst_parser_gaps.moc"
