import { useTranslation } from 'react-i18next'
import type { Host, HostPool, HostVolume } from '../../../shared/domain/index.ts'
import type { MenuEntry } from '../../components/menu.tsx'
import { openDialog, useRunCommand } from '../../stores/index.ts'
import { usersOfPool } from './pool-users.ts'

/** The menus of a host's pools and volumes; `off`: why nothing can be done now. */
export function usePoolEntries(host: Pick<Host, 'id'>, off: string | null) {
  const { t } = useTranslation()
  const run = useRunCommand()
  const hostId = host.id

  const poolEntries = (pool: HostPool): readonly MenuEntry[] => {
    const one = { hostId, poolId: pool.id }
    const { name, storageDomain, isPersistent, isActive, autostart } = pool
    const reason = off ?? (storageDomain === null ? null : t('local:pools.isDomain', { name: storageDomain.name }))
    const transient = reason ?? (isPersistent ? null : t('local:pools.transient'))
    const end = (way: 'stop' | 'remove') => () => openDialog({ kind: 'end-host-pool', ...one, way })
    const isUsed = usersOfPool(pool, true).length > 0
    const stop = isUsed ? end('stop') : () => void run('host-pool.stop', one, name)
    const setAutostart = () => void run('host-pool.autostart', { ...one, enabled: !autostart }, name)
    return [
      isActive
        ? action('pool', 'stop', transient, stop)
        : action('pool', 'start', reason, () => void run('host-pool.start', one, name)),
      action('pool', 'refresh', reason ?? (isActive ? null : t('local:pools.stopped')), () => {
        void run('host-pool.refresh', one, name)
      }),
      { ...action('pool', 'autostart', transient, setAutostart), checked: autostart },
      action('pool', 'upload', reason ?? (isActive ? null : t('local:pools.stopped')), () => {
        openDialog({ kind: 'upload-host-volume', ...one })
      }),
      { type: 'separator', id: 'end' },
      { ...action('pool', 'remove', reason, end('remove')), danger: true },
    ]
  }

  const volumeEntries = (pool: HostPool, { name, usedBy }: HostVolume): readonly MenuEntry[] => {
    const users = usedBy.map((user) => user.name).join(', ')
    const reason = off ?? (usedBy.length === 0 ? null : t('local:pools.usedBy', { names: users }))
    const running = usedBy.filter(({ isRunning }) => isRunning).map((user) => user.name)
    const written = off ?? (running.length === 0 ? null : t('local:pools.usedBy', { names: running.join(', ') }))
    const one = { hostId, poolId: pool.id, name }
    return [
      action('volume', 'download', written, () => openDialog({ kind: 'download-host-volume', ...one })),
      { type: 'separator', id: 'end' },
      {
        ...action('volume', 'remove', reason, () => openDialog({ kind: 'remove-host-volume', ...one })),
        danger: true,
      },
    ]
  }

  return { poolEntries, volumeEntries }

  function action(
    what: 'pool' | 'volume',
    id: 'start' | 'stop' | 'refresh' | 'autostart' | 'upload' | 'download' | 'remove',
    reason: string | null,
    doIt: () => void,
  ) {
    const isDelete = what === 'volume' && id === 'remove'
    const label = isDelete ? t('local:pools.action.removeVolume') : t(`local:pools.action.${id}`)
    return { type: 'action', id: `host-${what}.${id}`, label, disabledReason: reason, run: doIt } as const
  }
}
