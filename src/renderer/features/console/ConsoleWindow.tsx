import { useTranslation } from 'react-i18next'
import { ConsolePage } from './ConsolePage.tsx'
import { parseConsoleAddress } from './console-address.ts'

/** The whole page of a console window: which console stands in its address. */
export function ConsoleWindow() {
  const { t } = useTranslation()
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
