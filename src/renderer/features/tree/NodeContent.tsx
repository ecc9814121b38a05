import { memo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Host, HostId, Vm, VmId } from '../../../shared/domain/index.ts'
import { ServerIcon, VirtualMachineIcon } from '../../components/icons.ts'
import { StatusMark } from '../../components/StatusMark.tsx'
import { useFormat } from '../../i18n/index.ts'
import { useEntity, useNow } from '../../stores/index.ts'
import { hostTone } from '../hosts/index.ts'
import { vmTone } from '../vms/index.ts'
import type { TreeNode } from './tree-model.ts'

/** What a row shows: its entity's status, name and a short aside. It repaints only when that entity changes. */
export const NodeContent = memo(function NodeContent({ node }: { readonly node: TreeNode }) {
  return node.kind === 'host' ? <HostContent id={node.entityId as HostId} /> : <VmContent id={node.entityId as VmId} />
})

function HostContent({ id }: { readonly id: HostId }) {
  const { t } = useTranslation()
  const host = useEntity('hosts', id)
  if (host === undefined) return null
  return (
    <>
      <StatusMark tone={hostTone(host)} label={t(`hosts:status.${host.status}`)} />
      <ServerIcon className="vd-tree__icon" />
      <span className={host.stale ? 'vd-tree__name vd-stale' : 'vd-tree__name'}>{host.name}</span>
      <span className="vd-tree__aside">
        {host.status === 'up' ? t('hosts:tree.vms', { count: host.vmCount }) : <HostTrouble host={host} />}
      </span>
    </>
  )
}

/** "connecting 14 s": counts on, so it alone has a clock. */
function HostTrouble({ host }: { readonly host: Host }) {
  const { t } = useTranslation()
  const format = useFormat()
  const now = useNow()
  return (
    <>
      {t(`hosts:status.${host.status}`)} {format.duration(now - host.statusSince)}
    </>
  )
}

/** Statuses that the mark alone says well enough. */
function needsWord(vm: Vm): boolean {
  return vm.status !== 'up' && vm.status !== 'down'
}

function VmContent({ id }: { readonly id: VmId }) {
  const { t } = useTranslation()
  const vm = useEntity('vms', id)
  if (vm === undefined) return null
  const status = t(`vms:status.${vm.status}`)
  return (
    <>
      <StatusMark tone={vmTone(vm)} label={status} />
      <VirtualMachineIcon className="vd-tree__icon" />
      <span className={vm.stale ? 'vd-tree__name vd-stale' : 'vd-tree__name'}>{vm.name}</span>
      {needsWord(vm) ? <span className="vd-tree__aside">{status}</span> : null}
    </>
  )
}
