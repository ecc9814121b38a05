import { useTranslation } from 'react-i18next'
import { MenuButton, type MenuEntry } from '../../components/menu.tsx'
import { changeListView, type EntityName, openDialog } from '../../stores/index.ts'
import { wishColumns } from './column-wishes.ts'
import { removeView, useSavedViews } from './views-store.ts'

/** The saved views of a kind's lists: one is chosen, the present one is kept, one is forgotten; and the list as a file. */
export function ViewsMenu({ entity, onExport }: { readonly entity: EntityName; readonly onExport: () => void }) {
  const { t } = useTranslation()
  const views = useSavedViews(entity)
  const entries: readonly MenuEntry[] = [
    ...views.map((saved) => ({
      type: 'action' as const,
      id: `view.${saved.name}`,
      label: saved.name,
      run: () => {
        changeListView({ filter: saved.view.filter ?? '', sort: saved.view.sort })
        wishColumns(entity, saved.columns)
      },
    })),
    ...(views.length === 0 ? [] : [{ type: 'separator', id: 'views.line' } as const]),
    {
      type: 'action',
      id: 'views.save',
      label: t('common:views.save'),
      run: () => openDialog({ kind: 'save-view', entity }),
    },
    ...(views.length === 0
      ? []
      : [
          {
            type: 'submenu' as const,
            id: 'views.remove',
            label: t('common:views.remove'),
            entries: views.map(({ name }) => ({
              type: 'action' as const,
              id: `views.remove.${name}`,
              label: name,
              run: () => removeView(entity, name),
            })),
          },
        ]),
    { type: 'separator', id: 'views.export.line' },
    { type: 'action', id: 'views.export', label: t('common:table.exportCsv'), run: onExport },
  ]
  return <MenuButton plain label={t('common:views.label')} entries={entries} />
}
