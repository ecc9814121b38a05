import { useTranslation } from 'react-i18next'
import { MenuButton } from '../components/menu.tsx'
import { StatusMark } from '../components/StatusMark.tsx'
import { useFormat } from '../i18n/index.ts'
import {
  LANGUAGES,
  setPreferences,
  useCollectionPart,
  useConnection,
  useEntityCount,
  usePreferences,
  useRevision,
} from '../stores/index.ts'

const LANGUAGE_NAMES = { en: 'English', ko: '한국어' } as const

/** What nobody reaches though it should be there; one that is out of use by a person's word is no trouble. */
const AWAY: ReadonlySet<string> = new Set([
  'connecting',
  'non-responsive',
  'non-operational',
  'error',
  'install-failed',
])
const isAway = ({ status }: { readonly status: string }) => AWAY.has(status)

const isUp = ({ status }: { readonly status: string }) => status === 'up'

/** How everything stands, in one line. Its parts repaint each for itself: some change with every patch. */
export function StatusBar() {
  return (
    <footer className="vd-statusbar">
      <HostCounts />
      <MachineCounts />
      <span className="vd-toolbar__space" />
      <Revision />
      <LanguageMenu />
    </footer>
  )
}

function HostCounts() {
  const { t } = useTranslation()
  const away = useEntityCount('hosts', isAway)
  const hostsUp = useEntityCount('hosts', isUp)
  return (
    <>
      <span className="vd-statusbar__item" data-testid="status-hosts">
        <StatusMark tone={hostsUp > 0 ? 'ok' : 'off'} /> {t('frame:status.hostsUp', { count: hostsUp })}
      </span>
      {away > 0 ? (
        <span className="vd-statusbar__item">
          <StatusMark tone="bad" /> {t('frame:status.hostsAway', { count: away })}
        </span>
      ) : null}
    </>
  )
}

function MachineCounts() {
  const { t } = useTranslation()
  const count = useCollectionPart('vms', ({ entities }) => entities.size)
  const running = useEntityCount('vms', isUp)
  return <span className="vd-statusbar__item">{t('frame:status.machines', { count, running })}</span>
}

function LanguageMenu() {
  const { t } = useTranslation()
  const { language } = usePreferences()
  return (
    <MenuButton
      plain
      label={LANGUAGE_NAMES[language]}
      ariaLabel={`${t('settings:browser.language')}: ${LANGUAGE_NAMES[language]}`}
      entries={LANGUAGES.map((other) => ({
        type: 'action',
        id: `language.${other}`,
        label: LANGUAGE_NAMES[other],
        checked: other === language,
        run: () => setPreferences({ language: other }),
      }))}
    />
  )
}

/** Changes with every patch, so it repaints alone. */
function Revision() {
  const { t } = useTranslation()
  const format = useFormat()
  const revision = useRevision()
  const connection = useConnection()
  return (
    <span className="vd-statusbar__item" data-testid="connection" data-connection={connection}>
      {t('frame:status.revision', { revision: format.number(revision) })}
      <StatusMark tone={connection === 'open' ? 'ok' : 'moving'} /> {t(`frame:connection.${connection}`)}
    </span>
  )
}
