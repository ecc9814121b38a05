import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Vm } from '../../../shared/domain/index.ts'
import { compareTexts } from '../../components/compare-texts.ts'
import { useCollection, useEntity } from '../../stores/index.ts'

/** Of what a machine can be copied, and to where: as it is while it is down, its snapshots; the data domains of its datacenter. */
export function useSourceChoices(vm: Vm) {
  const { t } = useTranslation()
  const { entities: snapshots } = useCollection('snapshots', vm.id)
  const { entities: domains } = useCollection('storage-domains')
  const datacenterId = useEntity('clusters', vm.clusterId)?.datacenterId
  return useMemo(() => {
    const taken = [...snapshots.values()].map(({ id, name }) => ({ value: id, label: name }))
    const asItIs = vm.status === 'down' ? [{ value: '', label: t('templates:source.now') }] : []
    const active = [...domains.values()]
      .filter((domain) => domain.type === 'data' && domain.status === 'active' && domain.datacenterId === datacenterId)
      .sort((one, other) => compareTexts(one.name, other.name))
    return {
      sources: [...asItIs, ...taken],
      snapshots,
      domains: [
        { value: '', label: t('templates:source.beside') },
        ...active.map(({ id, name }) => ({ value: id, label: name })),
      ],
    }
  }, [snapshots, domains, datacenterId, vm.status, t])
}
