import { Button, Checkbox } from '@patternfly/react-core'
import { useTranslation } from 'react-i18next'
import { AngleDownIcon, AngleUpIcon } from '../components/icons.ts'
import { PageTabs } from '../components/PageTabs.tsx'
import { TransferList, useRunningTransfers } from '../features/disks/index.ts'
import { EventList } from '../features/events/index.ts'
import { FailureList, useFailureCount } from '../features/notices/index.ts'
import { isOpen, TaskList } from '../features/tasks/index.ts'
import { useContainedIds } from '../kinds/index.ts'
import { type DockTab, setDock, useCollection, useWorkspace } from '../stores/index.ts'

/** Of no thing in particular. */
const ALL: readonly string[] = []

/** Running work and the audit trail, of everything or of what is selected. */
export function Dock() {
  const { t } = useTranslation()
  const open = useWorkspace((state) => state.dockOpen)
  const tab = useWorkspace((state) => state.dockTab)
  const follows = useWorkspace((state) => state.dockFollowsSelection)
  const selection = useWorkspace((state) => state.selection)
  const selected = useContainedIds(selection.kind, selection.ids)
  const running = [...useCollection('tasks').entities.values()].filter(isOpen).length
  const subjectIds = follows ? selected : ALL
  const objectId = follows && selection.ids.length === 1 ? selection.ids[0] : undefined
  const failures = useFailureCount()
  const transfers = useRunningTransfers()
  return (
    <section className="vd-dock" aria-label={t('frame:dock.label')}>
      <PageTabs
        className="vd-tabs--dock"
        label={t('frame:dock.label')}
        current={tab}
        contentHidden={!open}
        onChange={(next) => setDock({ dockTab: next as DockTab, dockOpen: true })}
        tabs={[
          {
            id: 'tasks',
            title: running > 0 ? t('frame:dock.tasksRunning', { count: running }) : t('frame:dock.tasks'),
            content: () => <TaskList subjectIds={subjectIds} />,
          },
          {
            id: 'events',
            title: t('frame:dock.events'),
            content: () => <EventList subjectIds={subjectIds} objectId={objectId} />,
          },
          ...(transfers.count === 0
            ? []
            : [
                {
                  id: 'transfers',
                  title:
                    transfers.running > 0
                      ? t('frame:dock.transfersRunning', { count: transfers.running })
                      : t('frame:dock.transfers'),
                  content: () => <TransferList />,
                },
              ]),
          ...(failures.count === 0
            ? []
            : [
                {
                  id: 'failures',
                  title: t('frame:dock.failuresCount', { count: failures.count }),
                  isNew: !failures.isSeen,
                  content: () => <FailureList />,
                },
              ]),
        ]}
        aside={
          <div className="vd-dock__aside">
            {open ? (
              <Checkbox
                id="dock-follows"
                label={t('frame:dock.follow')}
                isChecked={follows}
                isDisabled={selected.length === 0}
                onChange={(_event, checked) => setDock({ dockFollowsSelection: checked })}
              />
            ) : null}
            <Button
              variant="plain"
              size="sm"
              icon={open ? <AngleDownIcon /> : <AngleUpIcon />}
              aria-expanded={open}
              aria-label={open ? t('frame:dock.collapse') : t('frame:dock.expand')}
              onClick={() => setDock({ dockOpen: !open })}
            />
          </div>
        }
      />
    </section>
  )
}
