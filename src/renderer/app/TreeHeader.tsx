import { Button } from '@patternfly/react-core'
import { useTranslation } from 'react-i18next'
import { PlusIcon, ServerIcon } from '../components/icons.ts'
import { allKinds } from '../kinds/index.ts'
import { goTo, openDialog, setTreeView, type TreeViewName, useWorkspace } from '../stores/index.ts'

const VIEWS: readonly TreeViewName[] = ['compute', 'storage', 'networks', 'folders']

/** The head of the tree: which views there are (those that some kind of entity is in), and what can be added. */
export function TreeHeader() {
  const { t } = useTranslation()
  const atAll = useWorkspace((state) => state.place.kind === 'all')
  const current = useWorkspace((state) => state.treeView)
  const kinds = allKinds()
  const views = VIEWS.filter((view) => kinds.some(({ parents }) => parents[view] !== undefined))
  return (
    <div className="vd-side__header">
      <div className="vd-side__views">
        {views.map((view) => (
          <button
            key={view}
            type="button"
            className={view === current ? 'vd-side__view vd-side__view--current' : 'vd-side__view'}
            aria-pressed={views.length > 1 ? view === current : undefined}
            aria-current={atAll && view === current ? 'page' : undefined}
            onClick={() => {
              if (view === current) goTo({ kind: 'all', tab: 'overview' })
              else setTreeView(view)
            }}
          >
            {view === 'compute' ? <ServerIcon /> : null} {t(`frame:tree.view.${view}`)}
          </button>
        ))}
      </div>
      <Button
        variant="plain"
        size="sm"
        icon={<PlusIcon />}
        aria-label={t('hosts:action.add')}
        title={t('hosts:action.add')}
        onClick={() => openDialog({ kind: 'add-host' })}
      />
    </div>
  )
}
