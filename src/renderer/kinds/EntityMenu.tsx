import { useTranslation } from 'react-i18next'
import { type MenuEntry, MenuPopup } from '../components/menu.tsx'
import { isolateName } from '../i18n/index.ts'
import type { EntityName } from '../stores/index.ts'
import { kindOf } from './registry.ts'
import { useEntityActions } from './use-actions.tsx'
import { useEntities, useSameIds } from './use-entities.ts'

/** All that can be done to some entities, below what they are called. */
export function useNamedMenu(name: EntityName, ids: readonly string[]): readonly MenuEntry[] {
  const label = useEntitiesLabel(name, ids)
  const { menu } = useEntityActions(name, ids)
  return [{ type: 'heading', id: `${name}.heading`, label }, ...menu]
}

/** "web-01", or "3 machines". */
export function useEntitiesLabel(name: EntityName, ids: readonly string[]): string {
  const { t } = useTranslation()
  const kind = kindOf(name)
  const [only, ...others] = useEntities(name, useSameIds(ids))
  if (only === undefined) return ''
  return others.length === 0 ? isolateName(only.name) : kind.words.count(t, others.length + 1)
}

/** The context menu of some entities; its lines know what may run at the moment it is opened. */
export function EntityContextMenu(props: { readonly kind: EntityName; readonly ids: readonly string[] }) {
  return <MenuPopup entries={useNamedMenu(props.kind, props.ids)} />
}
