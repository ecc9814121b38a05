import { Button } from '@patternfly/react-core'
import { useTranslation } from 'react-i18next'
import { PlusIcon, ServerIcon } from '../components/icons.ts'
import { goTo, openDialog, useCollection, useWorkspace } from '../stores/index.ts'

/** The head of the tree: which view it is, and what can be added to it. */
export function TreeHeader() {
  const { t } = useTranslation()
  const count = useCollection('hosts').entities.size
  const atAll = useWorkspace((state) => state.place.kind === 'all')
  return (
    <div className="vd-side__header">
      <button
        type="button"
        className="vd-side__view"
        aria-current={atAll ? 'page' : undefined}
        onClick={() => goTo({ kind: 'all', tab: 'hosts' })}
      >
        <ServerIcon /> {t('frame:tree.hosts')} <span className="vd-subtle">{count}</span>
      </button>
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
