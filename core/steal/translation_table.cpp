// SPDX-License-Identifier: Apache-2.0
#include "core/steal/translation_table.h"

#include "core/steal/nft_rules.h"

namespace podglass::steal {

base::Result<TranslationTable> TranslationTable::install(NftSocket socket)
{
    const std::string name = uniqueTableName("translating");
    NftBatch batch = socket.newBatch();
    addTable(batch, name, agentComment(), true);
    addTrackingChain(batch, name);
    for (const std::string_view chain : {preroutingChain, outputChain})
        addNatChain(batch, name, chain);
    batch.finish();
    if (const base::Status made = socket.commit(batch); !made)
        return made.error();
    return TranslationTable(std::move(socket), name);
}

TranslationTable::~TranslationTable()
{
    if (!m_socket.isOpen())
        return;
    NftBatch batch = m_socket.newBatch();
    deleteTable(batch, m_name);
    batch.finish();
    // Failing, it is gone already, or goes with the socket.
    static_cast<void>(m_socket.commit(batch));
}

std::string TranslationTable::text() const
{
    return "table inet " + m_name + " {\n\tflags owner\n\tcomment \"" + agentComment() + "\"\n\n"
           + std::string(trackingText) + "\n" + natChainText(preroutingChain) + "\t}\n\n"
           + natChainText(outputChain) + "\t}\n}\n";
}

} // namespace podglass::steal
