import { loadCatalog } from '../i18n/catalogs.ts'
import { connectEngine, createCollections, createVerdictBoard, type Engine, preferences } from '../stores/index.ts'

/*
 * What needs time but none of the page's own: the connection and the texts. Each page imports this file first, so that both
 * are on their way while the rest of its modules is evaluated.
 */
const client = connectEngine()
const collections = createCollections(client)

/** The engine of this page. */
export const engine: Engine = { client, collections, verdicts: createVerdictBoard(client, collections) }

// Asked for again once the texts are needed. A failure shows then.
loadCatalog(preferences.getState().language).catch(() => undefined)
