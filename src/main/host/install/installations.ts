import type { HostId, Task } from '../../../shared/domain/index.ts'
import type { WireError } from '../../../shared/errors/index.ts'
import type { LiveTopics } from '../../engine/index.ts'

/** How the installation of what lacks on a host stands. */
export interface Installation {
  readonly state: 'none' | 'running' | 'failed'
  /** When it began, or failed; milliseconds since the epoch. */
  readonly since: number | null
  /** Why it failed. */
  readonly error: WireError | null
}

const NO_INSTALLATION: Installation = { state: 'none', since: null, error: null }

const AT_WORK: ReadonlySet<Task['status']> = new Set(['queued', 'running', 'undoing', 'unknown', 'left-behind'])

type InstallTask = Pick<Task, 'status' | 'queuedAt' | 'startedAt' | 'finishedAt' | 'error'>

/** What a host.install says of its host: it is at work, it failed, or it left nothing to say. Pure. */
export function decideInstallation({ status, queuedAt, startedAt, finishedAt, error }: InstallTask): Installation {
  if (AT_WORK.has(status)) return { state: 'running', since: startedAt ?? queuedAt, error: null }
  if (status === 'failed') return { state: 'failed', since: finishedAt ?? queuedAt, error }
  return NO_INSTALLATION
}

interface Latest {
  readonly taskId: string
  readonly queuedAt: number
  readonly installation: Installation
}

/**
 * Follows the operations that install something on hosts of the inventory. They are stored: after a restart of the engine the latest
 * of a host says the same of it, whether it goes on or has failed.
 */
export class Installations {
  readonly #latest = new Map<HostId, Latest>()
  readonly #unsubscribe: () => void

  constructor(topics: Pick<LiveTopics, 'subscribe'>, onChange: (hostId: HostId, installation: Installation) => void) {
    // One that is not listed any more has said what it has to say.
    this.#unsubscribe = topics.subscribe({ topic: 'tasks' }, (frame) => {
      if (frame.t === 'snapshot') for (const task of frame.entities) this.#learn(task as Task)
      if (frame.t !== 'patch') return
      for (const task of frame.upsert as readonly Task[]) {
        const hostId = task.subject.id as HostId
        const before = this.of(hostId)
        const now = this.#learn(task)
        if (now !== null && now.state !== before.state) onChange(hostId, now)
      }
    }).unsubscribe
  }

  of(hostId: HostId): Installation {
    return this.#latest.get(hostId)?.installation ?? NO_INSTALLATION
  }

  forget(hostId: HostId): void {
    this.#latest.delete(hostId)
  }

  stop(): void {
    this.#unsubscribe()
  }

  /** Null: it says nothing new of its host. */
  #learn(task: Task): Installation | null {
    if (task.command !== 'host.install') return null
    const { id: taskId, queuedAt } = task
    const hostId = task.subject.id as HostId
    const known = this.#latest.get(hostId)
    if (known !== undefined && known.taskId !== taskId && known.queuedAt > queuedAt) return null
    const installation = decideInstallation(task)
    this.#latest.set(hostId, { taskId, queuedAt, installation })
    return installation
  }
}
