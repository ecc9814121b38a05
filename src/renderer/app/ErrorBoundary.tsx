import { Component, type ReactNode } from 'react'
import { Translation } from 'react-i18next'

/** What a bug in a page shows instead of a blank window: what happened, copyable, and the way on. */
export class ErrorBoundary extends Component<{ readonly children: ReactNode }, { readonly error: Error | null }> {
  override state: { readonly error: Error | null } = { error: null }

  static getDerivedStateFromError(error: unknown) {
    return { error: error instanceof Error ? error : new Error(String(error)) }
  }

  override render(): ReactNode {
    const { error } = this.state
    if (error === null) return this.props.children
    return (
      <Translation>
        {(t) => (
          <main className="vd-crash" role="alert">
            <h1>{t('common:crash.title')}</h1>
            <p>{t('common:crash.advice')}</p>
            <button type="button" onClick={() => location.reload()}>
              {t('common:crash.reload')}
            </button>
            <pre>{error.stack ?? error.message}</pre>
          </main>
        )}
      </Translation>
    )
  }
}
