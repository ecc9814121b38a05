import type { ClientFrame, ServerFrame } from '../../shared/contract/index.ts'
import { ACK_EVERY_FRAMES, clientFrameSchema, FRAME_LIMIT_BYTES } from '../../shared/contract/index.ts'
import { AppError, toWireError } from '../../shared/errors/index.ts'
import type { Subscription, TopicFrame } from './collection.ts'
import type { Engine } from './engine.ts'
import type { Identity } from './handler-base.ts'
import type { Log } from './ports.ts'

/** One client's connection as a transport gives it: a MessagePort or a WebSocket behind a few lines. */
export interface ServerPort {
  send(frame: ServerFrame): void
  /** Bytes that wait to leave. A transport that does not know leaves it out: then the client's acks are counted. */
  readonly bufferedAmount?: number
  /** A frame came in: parsed JSON or a structured clone; anything that is not a client frame ends the connection. */
  onMessage(listener: (frame: unknown) => void): void
  onClose(listener: () => void): void
  close(reason: string): void
}

export interface ServedClient {
  /** Ends the connection and its subscriptions. Commands under way go on. */
  close(reason: string): void
}

/** What one client may have open at once. */
export const OPEN_CALLS_LIMIT = 256
export const OPEN_SUBSCRIPTIONS_LIMIT = 256
/** Of the questions about many things. The page asks one after the other. */
export const OPEN_QUESTIONS_LIMIT = 64
/** Above this, patches are held back and merged until the client has caught up. */
const BUSY_BYTES = 4 * 1024 * 1024
/** The same for a transport that does not know its bytes: frames sent that the client has not taken yet. */
export const BUSY_FRAMES = 8 * ACK_EVERY_FRAMES
/** Such a client is disconnected when replies alone pile up to this. */
const UNTAKEN_FRAMES_LIMIT = 4_096

/**
 * Serves one client until its connection ends. The identity is the transport's word. A client that breaks the protocol,
 * does not read, or that a frame cannot be sent to is disconnected; its commands go on.
 */
export function serveClient(engine: Engine, identity: Identity, port: ServerPort, log: Log): ServedClient {
  const subscriptions = new Map<number, Subscription>()
  const openCalls = new Set<number>()
  let openQuestions = 0
  let isOpen = true
  let framesSent = 0
  let framesTaken = 0

  const isBusy = () =>
    port.bufferedAmount === undefined ? framesSent - framesTaken > BUSY_FRAMES : port.bufferedAmount > BUSY_BYTES

  const isOverflowing = () =>
    port.bufferedAmount === undefined
      ? framesSent - framesTaken > UNTAKEN_FRAMES_LIMIT
      : port.bufferedAmount > FRAME_LIMIT_BYTES

  function end(): void {
    isOpen = false
    for (const subscription of subscriptions.values()) subscription.unsubscribe()
    subscriptions.clear()
  }

  function close(reason: string): void {
    if (!isOpen) return
    end()
    port.close(reason)
  }

  function send(frame: ServerFrame): void {
    if (!isOpen) return
    if (isOverflowing()) {
      close('too slow')
      return
    }
    framesSent++
    try {
      port.send(frame)
    } catch (error) {
      log.error({ err: error, frame: frame.t }, 'a frame could not be sent')
      close('a frame could not be sent')
    }
  }

  async function call(frame: Extract<ClientFrame, { t: 'call' }>): Promise<void> {
    const { id, command, input } = frame
    if (openCalls.has(id)) {
      close('protocol: call id in use')
      return
    }
    if (openCalls.size >= OPEN_CALLS_LIMIT) {
      const error = new AppError('command.queue-full', { command, limit: OPEN_CALLS_LIMIT }, { retry: 'safe' })
      send({ t: 'reply', id, result: { ok: false, error: toWireError(error) } })
      return
    }
    openCalls.add(id)
    const result = await engine.dispatch(identity, command, input)
    openCalls.delete(id)
    send({ t: 'reply', id, result })
  }

  async function canRunEach(frame: Extract<ClientFrame, { t: 'can-run-each' }>): Promise<void> {
    if (openQuestions >= OPEN_QUESTIONS_LIMIT) {
      close('protocol: too many questions')
      return
    }
    openQuestions++
    const verdicts = await engine.canRunEach(identity, frame)
    openQuestions--
    send({ t: 'group-verdicts', id: frame.id, verdicts })
  }

  function forward(id: number, frame: TopicFrame): void {
    if (frame.t === 'snapshot') {
      send({ ...frame, id })
      return
    }
    if (frame.t === 'patch') {
      send({ ...frame, id, now: engine.now() })
      return
    }
    subscriptions.delete(id)
    send({ t: 'closed', id, error: toWireError(frame.error) })
    if (frame.error.code === 'topic.subscriber-too-slow') close('too slow')
  }

  function subscribe({ id, topic, key }: Extract<ClientFrame, { t: 'subscribe' }>): void {
    if (subscriptions.has(id)) {
      close('protocol: subscription id in use')
      return
    }
    if (subscriptions.size >= OPEN_SUBSCRIPTIONS_LIMIT) {
      const error = new AppError('topic.limit-reached', { topic, limit: OPEN_SUBSCRIPTIONS_LIMIT })
      send({ t: 'closed', id, error: toWireError(error) })
      return
    }
    let isClosed = false
    const subscription = engine.subscribe(
      identity,
      { topic, key },
      (frame) => {
        isClosed ||= frame.t === 'closed'
        forward(id, frame)
      },
      { isBusy },
    )
    if (isClosed || !isOpen) subscription.unsubscribe()
    else subscriptions.set(id, subscription)
  }

  port.onMessage((message) => {
    if (!isOpen) return
    const parsed = clientFrameSchema.safeParse(message)
    if (!parsed.success) {
      close('protocol: not a client frame')
      return
    }
    const frame = parsed.data
    switch (frame.t) {
      case 'call':
        void call(frame)
        break
      case 'plan':
        send({ t: 'plan', id: frame.id, result: engine.plan(identity, frame.command, frame.input) })
        break
      case 'can-run':
        send({ t: 'verdicts', id: frame.id, verdicts: engine.canRun(identity, frame.calls) })
        break
      case 'can-run-each':
        void canRunEach(frame)
        break
      case 'subscribe':
        subscribe(frame)
        break
      case 'unsubscribe':
        subscriptions.get(frame.id)?.unsubscribe()
        subscriptions.delete(frame.id)
        break
      case 'ping':
        send({ t: 'pong', id: frame.id, now: engine.now() })
        break
      case 'ack':
        framesTaken = Math.min(frame.id, framesSent)
        break
    }
  })
  port.onClose(end)
  send({ t: 'hello', epoch: engine.epoch, version: engine.version, now: engine.now() })
  return { close }
}
