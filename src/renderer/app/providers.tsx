import type { i18n } from 'i18next'
import { type ReactNode, StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { I18nextProvider } from 'react-i18next'
import { changeLanguage, createI18n } from '../i18n/index.ts'
import {
  connectEngine,
  createCollections,
  type Engine,
  EngineContext,
  followPreferences,
  preferences,
} from '../stores/index.ts'
import { ErrorBoundary } from './ErrorBoundary.tsx'
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

/** Starts a page in `#root`: theme, language, engine connection, then `page`. Each window calls it once. */
export async function startPage(page: ReactNode): Promise<void> {
  const client = connectEngine()
  const engine: Engine = { client, collections: createCollections(client) }
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
  const root = document.getElementById('root')
  if (root === null) throw new Error('the page has no #root')
  createRoot(root).render(
    <StrictMode>
      <Providers engine={engine} i18n={i18n}>
        {page}
      </Providers>
    </StrictMode>,
  )
}
