import { Button } from '@patternfly/react-core'
import { useTranslation } from 'react-i18next'
import { PlusIcon } from '../components/icons.ts'
import { creatableKinds, shownTreeViews, useCreations } from '../kinds/index.ts'
import { goTo, setTreeView, useWorkspace } from '../stores/index.ts'

/** The head of the tree: which views there are (those that some kind of entity is in), and what can be added. */
export function TreeHeader() {
  const { t } = useTranslation()
  const atAll = useWorkspace((state) => state.place.kind === 'all')
  const current = useWorkspace((state) => state.treeView)
  const views = shownTreeViews()
  const main = creatableKinds(current).main?.create
  const creation = useCreations().find(({ id }) => id === main?.id)
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
            {t(`frame:tree.view.${view}`)}
          </button>
        ))}
      </div>
      {creation === undefined ? null : (
        <Button
          variant="plain"
          size="sm"
          icon={<PlusIcon />}
          aria-label={creation.label}
          title={creation.disabledReason === null ? creation.label : `${creation.label} ${creation.disabledReason}`}
          isAriaDisabled={creation.disabledReason !== null}
          onClick={creation.run}
        />
      )}
    </div>
  )
}
