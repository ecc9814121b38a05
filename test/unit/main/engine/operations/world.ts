import type { Inspection, OperationHandler, StepContext } from '../../../../../src/main/engine/index.ts'
import { exclusive, shared } from '../../../../../src/main/engine/index.ts'
import { slot } from '../../../../../src/main/engine/lock-table.ts'
import { AppError } from '../../../../../src/shared/errors/index.ts'
import { createTestEngine } from '../test-engine.ts'

/** What a call to a host comes to. `cut`: it is interrupted after, or before, it took effect. */
export type Turn = 'works' | 'refuses' | 'cut-after' | 'cut-before' | 'away'

/** A step of the invented command, and where it works; null: in the inventory. */
export interface WorldStep {
  readonly id: string
  readonly hostId: string | null
  readonly cancellable: boolean
  /** There is no way back before it. */
  readonly noReturn?: boolean
}

const cut = () => new AppError('libvirt.outcome-unknown', { procedure: 'x', reason: 'cut' }, { retry: 'after-refresh' })

/**
 * Hosts that do what a script says: each call takes the next turn of its kind. Once the script is over, everything works and
 * tells the truth. `effects` is what is really there.
 */
export class World {
  readonly effects = new Set<string>()
  readonly calls: string[] = []
  readonly script: { run: Turn[]; undo: Turn[]; inspect: Turn[] }
  /** Hosts that nobody can reach now: a call to one takes no turn. */
  readonly lost = new Set<string>()
  /** What was on hosts when the inventory forgot about it. */
  readonly orphaned: string[] = []
  /** Called before each call takes its turn, and after it took effect. */
  onCall: (what: string) => unknown = () => undefined
  onEffect: (what: string) => unknown = () => undefined

  constructor(script: Partial<World['script']> = {}) {
    this.script = { run: [], undo: [], inspect: [], ...script }
  }

  async run({ step }: StepContext<'vm.save'>): Promise<unknown> {
    return this.#take('run', step, () => this.effects.add(step.id))
  }

  async undo({ step }: StepContext<'vm.save'>): Promise<void> {
    await this.#take('undo', step, () => {
      this.effects.delete(step.id)
      if (step.hostId === null) this.orphaned.push(...this.effects)
    })
  }

  async inspect({ step }: StepContext<'vm.save'>): Promise<Inspection> {
    const { id } = step
    await this.onCall(`inspect ${id}`)
    this.#reach(step.hostId)
    this.calls.push(`inspect ${id}`)
    const turn = this.script.inspect.shift() ?? 'works'
    if (turn === 'away' || turn === 'cut-before')
      throw new AppError('host.not-connected', { name: 'h', status: 'connecting' })
    if (turn === 'cut-after' || turn === 'refuses') return 'unknown'
    return this.effects.has(id) ? 'done' : 'absent'
  }

  async #take(kind: 'run' | 'undo', { id, hostId }: WorldStep, effect: () => void): Promise<null> {
    await this.onCall(`${kind} ${id}`)
    this.#reach(hostId)
    this.calls.push(`${kind} ${id}`)
    const turn = this.script[kind].shift() ?? 'works'
    if (turn === 'works' || turn === 'cut-after') effect()
    await this.onEffect(`${kind} ${id}`)
    if (turn === 'refuses') throw new AppError('vm.operation-refused', { name: 'w', action: 'save', message: 'no' })
    if (turn === 'away') throw new AppError('host.not-connected', { name: 'h', status: 'connecting' })
    if (turn !== 'works') throw cut()
    return null
  }

  #reach(hostId: string | null): void {
    if (hostId !== null && this.lost.has(hostId))
      throw new AppError('host.not-connected', { name: hostId, status: 'connecting' }, { retry: 'safe' })
  }
}

/** The invented command: `vm.save` with these steps, one after the other. */
export function createWorldHandler(
  world: World,
  steps: readonly WorldStep[],
  afterCrash: 'finish' | 'undo' = 'undo',
): Partial<OperationHandler<'vm.save'>> {
  return {
    afterCrash,
    plan: (_model, { vmId }) => ({
      locks: [exclusive(`vm:${vmId}`), shared('host:a'), slot('outgoing:b', 2)],
      touches: [],
      steps: steps.map(({ noReturn, ...step }) => ({
        ...step,
        action: noReturn === true ? 'end' : 'work',
        text: { key: step.id, params: {} },
      })),
    }),
    steps: {
      work: {
        run: (context) => world.run(context),
        undo: (context) => world.undo(context),
        inspect: (context) => world.inspect(context),
      },
      end: {
        noReturn: true,
        run: (context) => world.run(context),
        inspect: (context) => world.inspect(context),
      },
    },
    output: () => ({}),
  }
}

export const createWorldEngine = (
  world: World,
  steps: readonly WorldStep[],
  stores?: Parameters<typeof createTestEngine>[1],
  afterCrash?: 'finish' | 'undo',
  options?: Parameters<typeof createTestEngine>[2],
) => createTestEngine({ 'vm.save': createWorldHandler(world, steps, afterCrash) }, stores, options)

/** Three steps: in the inventory, then on two hosts. */
export const threeSteps: readonly WorldStep[] = [
  { id: 'store', hostId: null, cancellable: true },
  { id: 'mount-a', hostId: 'a', cancellable: true },
  { id: 'mount-b', hostId: 'b', cancellable: false },
]
