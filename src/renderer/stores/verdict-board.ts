import type { EachField, GroupVerdict } from '../../shared/contract/index.ts'
import type { Collections } from './collections.ts'
import type { EngineClient } from './engine-client.ts'
import { ENTITY_TOPICS, type EntityName } from './entity-topics.ts'

/** A call without the part of its input that names what it is about. */
export interface OpenCall {
  readonly command: Parameters<EngineClient['canRunEach']>[0][number]['command']
  readonly input: Readonly<Record<string, unknown>>
}

/** May each of these calls run for each of these entities? */
export interface Question {
  readonly calls: readonly OpenCall[]
  readonly kind: EntityName
  readonly ids: readonly string[]
  /** Name the allowed ones, and not only their number. */
  readonly list: boolean
}

/** What the engine says to questions that somebody has on show, kept current while they have. */
export interface VerdictBoard {
  /** Keeps the answer current until the returned function is called; `changed` is told of each. */
  watch(question: Question, changed: () => void): () => void
  /** One verdict for each call; null while there is no answer, or nobody to ask. The same object until it changes. */
  read(question: Question): readonly GroupVerdict[] | null
}

const ID_FIELDS: Readonly<Record<EntityName, EachField>> = {
  datacenter: 'datacenterId',
  cluster: 'clusterId',
  host: 'hostId',
  'storage-domain': 'storageDomainId',
  vm: 'vmId',
  disk: 'diskId',
  network: 'networkId',
  'vnic-profile': 'vnicProfileId',
  template: 'templateId',
}

/** The part of a command's input that names an entity of a kind. */
export function idFieldOf(kind: EntityName): EachField {
  return ID_FIELDS[kind]
}

/** At least so long after an answer before the question is asked again, milliseconds; longer when the answer took longer. */
const PAUSE_MS = 50

/**
 * Whoever shows the same question shares one answer: menus, buttons and the palette ask about the same selection. It is asked
 * again when one of the entities changes, one question at a time.
 */
export function createVerdictBoard(client: EngineClient, collections: Collections): VerdictBoard {
  const watched = new Map<string, WatchedQuestion>()
  return {
    watch(question, changed) {
      const key = keyOf(question)
      const own = watched.get(key) ?? new WatchedQuestion(question, client, collections)
      watched.set(key, own)
      const stop = own.watch(changed)
      return () => {
        stop()
        if (own.watchers === 0 && watched.get(key) === own) watched.delete(key)
      }
    },
    read: (question) => watched.get(keyOf(question))?.answer ?? null,
  }
}

const keysOfIds = new WeakMap<readonly string[], string>()

/** Texts of long lists are made once for each list. */
function keyOf({ calls, kind, ids, list }: Question): string {
  let key = keysOfIds.get(ids)
  if (key === undefined) {
    key = ids.join()
    keysOfIds.set(ids, key)
  }
  return `${kind} ${list} ${JSON.stringify(calls)} ${key}`
}

class WatchedQuestion {
  answer: readonly GroupVerdict[] | null = null
  readonly #question: Question
  readonly #client: EngineClient
  readonly #collections: Collections
  readonly #watchers = new Set<{ readonly changed: () => void }>()
  #ends: readonly (() => void)[] = []
  /** Out of date while it is being asked: asked again then. */
  #isAsking = false
  #isStale = false
  #pause: ReturnType<typeof setTimeout> | undefined

  constructor(question: Question, client: EngineClient, collections: Collections) {
    this.#question = question
    this.#client = client
    this.#collections = collections
  }

  get watchers(): number {
    return this.#watchers.size
  }

  watch(changed: () => void): () => void {
    const watcher = { changed }
    this.#watchers.add(watcher)
    if (this.#watchers.size === 1) this.#start()
    return () => {
      if (this.#watchers.delete(watcher) && this.#watchers.size === 0) this.#stop()
    }
  }

  #start(): void {
    const { kind, ids } = this.#question
    const topic = ENTITY_TOPICS[kind]
    const about = new Set(ids)
    const store = this.#collections.store(topic)
    let seen = store.getState().entities
    this.#ends = [
      this.#collections.hold(topic),
      store.subscribe(({ entities }) => {
        const { before, after } = entities.changesSince(seen as never)
        seen = entities
        if (before.some(({ id }) => about.has(id)) || after.some(({ id }) => about.has(id))) this.#ask()
      }),
      this.#client.onStatus((status) => {
        if (status === 'open') this.#ask()
        else this.#settle(null)
      }),
    ]
    this.#ask()
  }

  #stop(): void {
    for (const end of this.#ends) end()
    this.#ends = []
    clearTimeout(this.#pause)
    this.#pause = undefined
    this.#isStale = false
    this.answer = null
  }

  #ask(): void {
    if (this.#client.status !== 'open' || this.#question.calls.length === 0 || this.#question.ids.length === 0) return
    if (this.#isAsking || this.#pause !== undefined) {
      this.#isStale = true
      return
    }
    void this.#fetchAnswer()
  }

  async #fetchAnswer(): Promise<void> {
    const { calls, kind, ids, list } = this.#question
    this.#isAsking = true
    this.#isStale = false
    const asked = performance.now()
    const answer = await this.#client.canRunEach(calls, { field: idFieldOf(kind), ids, list })
    this.#isAsking = false
    if (this.#watchers.size === 0) return
    if (this.#client.status === 'open') this.#settle(answer)
    this.#pause = setTimeout(
      () => {
        this.#pause = undefined
        if (this.#isStale) this.#ask()
      },
      Math.max(PAUSE_MS, performance.now() - asked),
    )
  }

  #settle(answer: readonly GroupVerdict[] | null): void {
    if (this.answer === answer) return
    this.answer = answer
    for (const { changed } of [...this.#watchers]) changed()
  }
}
