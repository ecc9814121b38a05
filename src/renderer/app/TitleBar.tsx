import { Menu } from '@base-ui/react/menu'
import { Menubar } from '@base-ui/react/menubar'
import { Button } from '@patternfly/react-core'
import { useTranslation } from 'react-i18next'
import { MoonIcon, SearchIcon, SunIcon } from '../components/icons.ts'
import { MenuPopup } from '../components/menu.tsx'
import { useDark } from '../components/use-dark.ts'
import { openPalette } from '../features/search/index.ts'
import { setPreferences, useEntity } from '../stores/index.ts'
import { beginTour } from './demo-tour.ts'
import { useMenus } from './use-menus.ts'
import { useNativeMenus } from './use-native-menus.ts'

/** Name, whether all is simulated, menus, search, who is signed in, theme. */
export function TitleBar() {
  const { t } = useTranslation()
  const session = useEntity('session', 'session')
  const dark = useDark()
  const toggle = t(dark ? 'frame:theme.toLight' : 'frame:theme.toDark')
  return (
    <header className="vd-titlebar">
      <span className="vd-titlebar__name">
        <span className="vd-titlebar__logo" aria-hidden="true" /> Virtdeck
      </span>
      {session?.isSimulated === true && (
        <button type="button" className="vd-titlebar__simulated" title={t('frame:simulated.what')} onClick={beginTour}>
          {t('frame:simulated.label')}
        </button>
      )}
      <Menus />
      <div className="vd-titlebar__search">
        <button type="button" className="vd-search" onClick={openPalette} aria-keyshortcuts="Control+K">
          <SearchIcon /> <span className="vd-search__text">{t('frame:search.placeholder')}</span> <kbd>Ctrl K</kbd>
        </button>
      </div>
      <span className="vd-titlebar__user">{session === undefined ? '' : `${session.user} · ${session.role}`}</span>
      <Button
        variant="plain"
        size="sm"
        icon={dark ? <SunIcon /> : <MoonIcon />}
        aria-label={toggle}
        title={toggle}
        onClick={() => setPreferences({ theme: dark ? 'light' : 'dark' })}
      />
    </header>
  )
}

function Menus() {
  const { t } = useTranslation()
  const menus = useMenus()
  useNativeMenus(menus)
  return (
    <Menubar className="vd-menubar" aria-label={t('frame:menu.label')}>
      {menus.map(({ id, title, entries }) => (
        <Menu.Root key={id}>
          <Menu.Trigger className="vd-menubar__trigger">{title}</Menu.Trigger>
          <MenuPopup entries={entries} />
        </Menu.Root>
      ))}
    </Menubar>
  )
}
