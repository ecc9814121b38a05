import { useTranslation } from 'react-i18next'
import type { Vm, VmDevice } from '../../../../shared/domain/index.ts'
import { ActionButton } from '../../../components/ActionButton.tsx'
import { Card } from '../../../components/Card.tsx'
import { EmptyPage } from '../../../components/EmptyPage.tsx'
import { ErrorDetails } from '../../../components/ErrorDetails.tsx'
import { EllipsisVIcon } from '../../../components/icons.ts'
import { MenuButton } from '../../../components/menu.tsx'
import { Name } from '../../../components/Name.tsx'
import { PlainTable } from '../../../components/PlainTable.tsx'
import { useFormat } from '../../../i18n/index.ts'
import { openDialog, useCollection } from '../../../stores/index.ts'
import { whyInactive } from '../status.ts'

/** What a machine has beside disks and network cards that can be plugged in and out. */
export function VmDevices({ vm }: { readonly vm: Vm }) {
  const { t } = useTranslation()
  const { entities, error } = useCollection('vm.devices', vm.id)
  if (error !== null) return <ErrorDetails error={error} />
  const attach = vm.persistent ? (
    <ActionButton
      label={t('vms:hardware.device.open')}
      disabledReason={vm.stale ? t('vms:hostAway') : null}
      onClick={() => openDialog({ kind: 'attach-vm-device', vmId: vm.id })}
    />
  ) : undefined
  const devices = [...entities.values()]
  if (devices.length === 0) {
    return (
      <EmptyPage title={t('vms:hardware.device.none')} body={t('vms:hardware.device.noneAbout')} actions={attach} />
    )
  }
  return (
    <div className="vd-summary">
      <Card title={t('vms:hardware.device.title')} aside={attach}>
        <PlainTable
          label={t('vms:hardware.device.title')}
          heads={[
            t('vms:hardware.device.kind'),
            t('vms:hardware.device.model'),
            t('vms:hardware.device.what'),
            t('vms:hardware.device.state'),
            t('vms:hardware.actions'),
          ]}
          rows={devices.map((device) => ({
            key: device.id,
            cells: [
              t(`vms:hardware.device.kinds.${device.kind}`),
              <Name key="model">{device.model}</Name>,
              <Detail key="detail" device={device} />,
              <State key="state" vm={vm} device={device} />,
              vm.persistent ? <DeviceMenu key="menu" vm={vm} device={device} /> : null,
            ],
          }))}
        />
      </Card>
    </div>
  )
}

function Detail({ device: { kind, detail, sizeMiB, requestedMiB } }: { readonly device: VmDevice }) {
  const { t } = useTranslation()
  const format = useFormat()
  if (sizeMiB === null) {
    return <>{kind === 'watchdog' ? t(`vms:hardware.device.actions.${detail}`, { defaultValue: detail }) : detail}</>
  }
  const size = format.kib(sizeMiB * 1024)
  if (requestedMiB === null) return <>{size}</>
  return <>{t('vms:hardware.device.part', { part: format.kib(requestedMiB * 1024), size })}</>
}

function State({ vm, device: { isRunning, isStored } }: { readonly vm: Vm; readonly device: VmDevice }) {
  const { t } = useTranslation()
  if (whyInactive(vm.status) !== null || (isRunning && isStored)) return <>{t('vms:hardware.device.there')}</>
  return (
    <span className="vd-subtle">{t(isRunning ? 'vms:hardware.device.goesNext' : 'vms:hardware.device.comesNext')}</span>
  )
}

function DeviceMenu({ vm, device }: { readonly vm: Vm; readonly device: VmDevice }) {
  const { t } = useTranslation()
  const about = { vmId: vm.id, device: device.id }
  const resize =
    device.requestedMiB === null
      ? []
      : [
          {
            type: 'action' as const,
            id: 'resize',
            label: t('vms:hardware.device.resize'),
            run: () => openDialog({ kind: 'resize-vm-device', ...about }),
          },
        ]
  return (
    <MenuButton
      plain
      label={<EllipsisVIcon />}
      ariaLabel={t('vms:hardware.actionsOf', {
        device: `${t(`vms:hardware.device.kinds.${device.kind}`)} ${device.model}`,
      })}
      entries={[
        ...resize,
        {
          type: 'action',
          id: 'detach',
          label: t('vms:hardware.device.detachOpen'),
          danger: true,
          run: () => openDialog({ kind: 'detach-vm-device', ...about }),
        },
      ]}
    />
  )
}
