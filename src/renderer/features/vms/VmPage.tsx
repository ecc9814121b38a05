import { useTranslation } from 'react-i18next'
import type { VmId } from '../../../shared/domain/index.ts'
import { EmptyPage } from '../../components/EmptyPage.tsx'
import { PageTabs } from '../../components/PageTabs.tsx'
import { showVm, useCollection, useEntity } from '../../stores/index.ts'
import { EventList } from '../events/index.ts'
import { VmHeader } from './VmHeader.tsx'
import { VmSummary } from './VmSummary.tsx'
import { VmXml } from './VmXml.tsx'

/** A VM: header with actions, and its tabs. */
export function VmPage({ id, tab }: { readonly id: VmId; readonly tab: string }) {
  const { t } = useTranslation()
  const vm = useEntity('vms', id)
  const { status } = useCollection('vms')
  if (vm === undefined) {
    return status === 'loading' ? (
      <EmptyPage title={t('common:loading')} busy />
    ) : (
      <EmptyPage title={t('vms:gone.title')} body={t('vms:gone.body')} />
    )
  }
  return (
    <div className={vm.stale ? 'vd-page vd-page--stale' : 'vd-page'}>
      <VmHeader vm={vm} />
      <PageTabs
        label={vm.name}
        current={tab}
        onChange={(next) => showVm(id, next)}
        tabs={[
          { id: 'summary', title: t('vms:tab.summary'), content: () => <VmSummary vm={vm} /> },
          { id: 'xml', title: t('vms:tab.xml'), content: () => <VmXml vmId={id} /> },
          { id: 'events', title: t('vms:tab.events'), content: () => <EventList subjectId={id} /> },
        ]}
      />
    </div>
  )
}
