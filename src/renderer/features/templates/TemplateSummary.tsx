import { useTranslation } from 'react-i18next'
import { describeOperatingSystem, type Template } from '../../../shared/domain/index.ts'
import { Card, Facts } from '../../components/Card.tsx'
import { Name } from '../../components/Name.tsx'
import { PlainTable } from '../../components/PlainTable.tsx'
import { CellLink } from '../../components/table/index.ts'
import { useFormat } from '../../i18n/index.ts'
import { useNameOf, useSameIds } from '../../kinds/index.ts'
import { showEntity, showVm, useCollection } from '../../stores/index.ts'
import { RecentEvents } from '../events/index.ts'
import { describeVersion } from './template-words.ts'

const DOMAINS = ['storage-domain'] as const

/** What an admin asks first of a template: what its machines are like, what lies on it, which versions there are. */
export function TemplateSummary({ template }: { readonly template: Template }) {
  const { t } = useTranslation()
  return (
    <div className="vd-summary">
      {template.description === '' ? null : <p className="vd-summary__note">{template.description}</p>}
      {template.sealed ? null : <p className="vd-subtle">{t('templates:unsealedAbout')}</p>}
      <div className="vd-summary__columns">
        <GeneralCard template={template} />
        <HardwareCard template={template} />
      </div>
      <DisksCard template={template} />
      <MachinesCard template={template} />
      <VersionsCard template={template} />
      <RecentEvents
        subjectIds={useSameIds([template.id])}
        onShowAll={() => showEntity('template', template.id, 'events')}
      />
    </div>
  )
}

interface CardProps {
  readonly template: Template
}

function GeneralCard({ template }: CardProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const { createdFrom, createdAt, allocatedBytes, virtualBytes, isLatest } = template
  const version = describeVersion(template)
  return (
    <Card title={t('templates:general')}>
      <Facts
        facts={[
          [t('templates:label.version'), isLatest ? t('templates:latest', { version }) : version],
          [t('templates:label.createdFrom'), <Name key="from">{createdFrom}</Name>],
          [t('templates:label.createdAt'), format.dateTime(createdAt)],
          [t('templates:label.size'), allocatedBytes === null ? null : format.bytes(allocatedBytes)],
          [t('templates:label.virtualSize'), virtualBytes === null ? null : format.bytes(virtualBytes)],
        ]}
      />
    </Card>
  )
}

function HardwareCard({ template: { hardware } }: CardProps) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <Card title={t('templates:hardware')}>
      <Facts
        facts={[
          [t('templates:label.memory'), format.bytes(hardware.memoryMiB * 1024 ** 2)],
          [t('templates:label.vcpus'), format.number(hardware.vcpus)],
          [
            t('templates:label.system'),
            hardware.operatingSystem === null ? null : describeOperatingSystem(hardware.operatingSystem),
          ],
          [t('templates:label.firmware'), hardware.firmware === null ? null : t(`vms:firmware.${hardware.firmware}`)],
          [t('templates:label.nics'), format.number(hardware.nics.length)],
        ]}
      />
    </Card>
  )
}

function DisksCard({ template: { disks } }: CardProps) {
  const { t } = useTranslation()
  const nameOf = useNameOf(DOMAINS)
  return (
    <Card title={t('templates:disks')}>
      <PlainTable
        label={t('templates:disks')}
        heads={[t('templates:label.disk'), t('templates:label.file'), t('templates:label.domain')]}
        rows={disks.map(({ diskId, target, fileName, storageDomainId }) => ({
          key: diskId,
          cells: [
            target,
            <CellLink key="file" onClick={() => showEntity('disk', diskId)}>
              <Name>{fileName}</Name>
            </CellLink>,
            <Name key="domain">{nameOf({ kind: 'storage-domain', id: storageDomainId })}</Name>,
          ],
        }))}
      />
    </Card>
  )
}

/** Those that the template cannot be removed for; machines with full copies need it no more. */
function MachinesCard({ template: { usedBy } }: CardProps) {
  const { t } = useTranslation()
  return (
    <Card title={t('templates:machines', { count: usedBy.length })}>
      {usedBy.length === 0 ? (
        <p className="vd-card__text">{t('templates:noMachines')}</p>
      ) : (
        <PlainTable
          label={t('templates:label.vms')}
          heads={[t('templates:label.name')]}
          rows={usedBy.map(({ vmId, name }) => ({
            key: vmId,
            cells: [
              <CellLink key="name" onClick={() => showVm(vmId)}>
                <Name>{name}</Name>
              </CellLink>,
            ],
          }))}
        />
      )}
    </Card>
  )
}

function VersionsCard({ template }: CardProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const { entities } = useCollection('templates')
  const versions = [...entities.values()]
    .filter(({ baseId }) => baseId === template.baseId)
    .sort((one, other) => other.version - one.version)
  if (versions.length < 2) return null
  return (
    <Card title={t('templates:versions')}>
      <PlainTable
        label={t('templates:versions')}
        heads={[t('templates:label.version'), t('templates:label.createdAt'), t('templates:label.vms')]}
        rows={versions.map((each) => ({
          key: each.id,
          cells: [
            each.id === template.id ? (
              <strong key="version">{describeVersion(each)}</strong>
            ) : (
              <CellLink key="version" onClick={() => showEntity('template', each.id)}>
                {describeVersion(each)}
              </CellLink>
            ),
            format.dateTime(each.createdAt),
            format.number(each.usedBy.length),
          ],
        }))}
      />
    </Card>
  )
}
