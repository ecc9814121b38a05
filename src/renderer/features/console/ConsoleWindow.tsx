import { useTranslation } from 'react-i18next'
import { ConsolePage } from './ConsolePage.tsx'
import { parseConsoleAddress, parseShellAddress } from './console-address.ts'
import { ShellPage } from './ShellPage.tsx'

/** The whole page of a console window: which console stands in its address. */
export function ConsoleWindow() {
  const { t } = useTranslation()
  const shellOf = parseShellAddress(location.search)
  if (shellOf !== null) return <ShellPage hostId={shellOf} />
  const address = parseConsoleAddress(location.search)
  if (address === null) {
    return (
      <main>
        <h1>{t('console:noAddress.title')}</h1>
        <p>{t('console:noAddress.advice')}</p>
      </main>
    )
  }
  return <ConsolePage opened={address} />
}
