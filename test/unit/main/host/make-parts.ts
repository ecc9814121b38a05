import type { HostParts } from '../../../../src/main/host/build-host.ts'
import { NO_WISH } from '../../../../src/main/host/host-wish.ts'
import type { HostLinkState } from '../../../../src/main/hosts/index.ts'

/** What a host of a test is made of, with no VMs and nothing wished of it unless said otherwise. */
export function makeParts(state: HostLinkState, changes: Partial<HostParts> = {}): HostParts {
  return {
    state,
    wish: NO_WISH,
    obstacle: null,
    isOverdue: false,
    isAnswering: true,
    isStorageManager: false,
    installation: { state: 'none', since: null, error: null },
    revision: 1,
    vmCount: 0,
    runningVmCount: 0,
    localUser: 'me',
    ...changes,
  }
}
