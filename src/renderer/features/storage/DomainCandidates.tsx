import { Button } from '@patternfly/react-core'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { CommandOutput } from '../../../shared/contract/index.ts'
import type { StorageDomain } from '../../../shared/domain/index.ts'
import { ErrorDetails } from '../../components/ErrorDetails.tsx'
import { Name } from '../../components/Name.tsx'
import { type Column, DataTable } from '../../components/table/index.ts'
import { useFormat } from '../../i18n/index.ts'
import { openDialog } from '../../stores/index.ts'
import { refuseContent } from './actions.tsx'
import { useCandidates } from './use-candidates.ts'

type MachineRow = CommandOutput<'storage.candidates'>['vms'][number]

const machineKey = ({ vmId }: MachineRow) => vmId

/** The machines that a data domain describes and nobody has registered, as after an import. Its disks stand among all disks. */
export function DomainCandidates({ domain }: { readonly domain: StorageDomain }) {
  const { t } = useTranslation()
  const { candidates, error } = useCandidates(domain)
  const refused = domain.type === 'data' ? refuseContent(domain, t) : t('storage:candidates.dataOnly')
  if (refused !== null) return <p className="vd-summary vd-subtle">{refused}</p>
  if (error !== null) {
    return (
      <div className="vd-summary">
        <ErrorDetails error={error} />
      </div>
    )
  }
  return <Machines domain={domain} rows={candidates?.vms ?? null} />
}

function Machines({ domain, rows }: { readonly domain: StorageDomain; readonly rows: readonly MachineRow[] | null }) {
  const { t } = useTranslation()
  const format = useFormat()
  const columns = useMemo<readonly Column<MachineRow>[]>(
    () => [
      {
        id: 'name',
        title: t('storage:vms.name'),
        width: '24%',
        sortBy: ({ name }) => name,
        render: ({ name }) => <Name>{name}</Name>,
      },
      {
        id: 'size',
        title: t('storage:candidates.size'),
        width: '18%',
        sortBy: ({ memoryKiB }) => memoryKiB,
        render: ({ vcpus, memoryKiB }) =>
          vcpus === null || memoryKiB === null
            ? '—'
            : t('storage:candidates.sizeOf', { count: vcpus, memory: format.bytes(memoryKiB * 1024) }),
      },
      {
        id: 'cluster',
        title: t('storage:candidates.cluster'),
        width: '16%',
        sortBy: ({ clusterName }) => clusterName,
        render: ({ clusterName }) => (clusterName === null ? '—' : <Name>{clusterName}</Name>),
      },
      {
        id: 'disks',
        title: t('storage:column.disks'),
        sortBy: ({ disks }) => disks.length,
        render: ({ disks, unfit }) =>
          unfit.length > 0 ? (
            <span className="vd-break">{t('storage:candidates.unfit', { parts: unfit.join(', ') })}</span>
          ) : (
            <Name>{disks.map((path) => path.slice(path.lastIndexOf('/') + 1)).join(', ')}</Name>
          ),
      },
      {
        id: 'register',
        title: '',
        width: '12%',
        align: 'end',
        render: ({ vmId, name, unfit }) => (
          <Button
            variant="link"
            isInline
            isDisabled={unfit.length > 0}
            aria-label={t('storage:candidates.registerNamed', { name })}
            onClick={() => openDialog({ kind: 'register-vm', storageDomainId: domain.id, vmId, name })}
          >
            {t('storage:candidates.register')}
          </Button>
        ),
      },
    ],
    [t, format, domain.id],
  )
  return (
    <DataTable
      label={t('storage:candidates.vms')}
      storageKey="domain-candidates"
      columns={columns}
      rows={rows ?? []}
      rowKey={machineKey}
      initialSort={{ column: 'name', descending: false }}
      empty={t(rows === null ? 'common:loading' : 'storage:candidates.none')}
    />
  )
}
