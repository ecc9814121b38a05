import { expect, onTestFinished, vi } from 'vitest'
import { type HostChange, HostLink, type HostLinkState, type HostRoute } from '../../../../src/main/hosts/index.ts'
import { defaultSettings, type HostDefinition } from '../../../../src/shared/domain/index.ts'
import { AppError } from '../../../../src/shared/errors/index.ts'
import { DEFINITION, type FakeRoute, makeClock } from './fake-host.ts'

/** A link whose attempts give what the test has laid out, in order; after that the host is unreachable. It ends with the test. */
export function startLink(
  ways: (FakeRoute | AppError)[],
  definition: HostDefinition = DEFINITION,
  skipped: HostRoute['configSkipped'] = [],
) {
  const states: HostLinkState[] = []
  const changes: HostChange[] = []
  const pauses: [failures: number, hopeless: boolean][] = []
  const clock = makeClock()
  let attempts = 0
  const link: HostLink = new HostLink(definition, {
    openRoute: async (_definition, { onConfigSkipped }): Promise<HostRoute> => {
      attempts += 1
      if (skipped.length > 0) onConfigSkipped?.(skipped)
      const way = ways.shift() ?? new AppError('ssh.unreachable', { address: 'rack', port: 22, reason: 'ECONNREFUSED' })
      if (way instanceof AppError) throw way
      return way
    },
    startBulk: () => {
      throw new Error('this host has no bulk data')
    },
    settings: () => ({ ...defaultSettings, connectTimeoutMs: 5_000 }),
    clock,
    timing: {
      lookMs: 25_000,
      bulkIdleMs: 60_000,
      keepalive: { intervalMs: 5_000, count: 5 },
      decidePauseMs: (failures, hopeless) => {
        pauses.push([failures, hopeless])
        return failures
      },
    },
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    isStorageManager: () => false,
    onChange: (change) => {
      changes.push(change)
      if (change.kind === 'state') states.push(link.state)
    },
  })
  onTestFinished(() => link.stop())
  link.start()
  return { link, states, changes, pauses, clock, attempts: () => attempts }
}

/** Resolves when the link is up. */
export function up(link: HostLink): Promise<void> {
  return vi.waitFor(() => expect(link.state).toMatchObject({ status: 'up', stale: false }))
}
