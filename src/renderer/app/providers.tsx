import type { i18n } from 'i18next'
import { type ReactNode, StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { I18nextProvider } from 'react-i18next'
import type { TopicName } from '../../shared/contract/index.ts'
import { changeLanguage, createI18n } from '../i18n/index.ts'
import { type Engine, EngineContext, followPreferences, preferences, waitForFirstAnswers } from '../stores/index.ts'
import { ErrorBoundary } from './ErrorBoundary.tsx'
import { engine } from './early.ts'
import { followTheme } from './theme.ts'

/** Everything that components of any page need above them. */
export function Providers(props: { readonly engine: Engine; readonly i18n: i18n; readonly children: ReactNode }) {
  return (
    <I18nextProvider i18n={props.i18n}>
      <ErrorBoundary>
        <EngineContext value={props.engine}>{props.children}</EngineContext>
      </ErrorBoundary>
    </I18nextProvider>
  )
}

/** A page waits this long for what it shows first; then it is shown without. */
const FIRST_ANSWERS_LIMIT_MS = 300

/**
 * Starts a page in `#root`: theme, language, engine connection, then `page`. Each window calls it once. What `topics` hold is
 * asked for at once: a page that has it when it is first rendered is rendered once and not twice.
 */
export async function startPage(page: ReactNode, topics: readonly TopicName[]): Promise<void> {
  const releases = topics.map((topic) => engine.collections.hold(topic))
  followPreferences()
  followTheme()
  const i18n = await createI18n(preferences.getState().language)
  const applyLanguage = () => {
    document.documentElement.lang = i18n.language
  }
  applyLanguage()
  i18n.on('languageChanged', applyLanguage)
  preferences.subscribe(({ language }) => {
    if (language !== i18n.language) void changeLanguage(i18n, language)
  })
  await waitForFirstAnswers(engine.collections, topics, FIRST_ANSWERS_LIMIT_MS)
  const root = document.getElementById('root')
  if (root === null) throw new Error('the page has no #root')
  createRoot(root).render(
    <StrictMode>
      <Providers engine={engine} i18n={i18n}>
        {page}
      </Providers>
    </StrictMode>,
  )
  // They outlive this a little: by then the page itself holds what it shows.
  for (const release of releases) release()
}
