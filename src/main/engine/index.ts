export type { AuditEntry, AuditTrail, AuditTrailOptions } from './audit-trail.ts'
export { openAuditTrail } from './audit-trail.ts'
export { hasAnywhere, isPermitted } from './authorization.ts'
export type { ByteSocket, WebSocketLike } from './byte-socket.ts'
export { createWebSocketByteSocket } from './byte-socket.ts'
export type {
  Collection,
  Entity,
  ProducedCollection,
  SubscribeOptions,
  Subscription,
  TopicFrame,
  TopicListener,
  TopicProducer,
  TopicRegistry,
} from './collection.ts'
export type {
  CommandContext,
  CommandHandler,
  CommandHandlers,
  FeatureHandlers,
  InstantHandler,
} from './command-handler.ts'
export { decideEditConflict } from './decide-edit-conflict.ts'
export type { DispatchOptions, Engine, EngineOptions, TopicAddressInput } from './engine.ts'
export { openEngine } from './engine.ts'
export type { Entities } from './entity-table.ts'
export { EntityTable } from './entity-table.ts'
export type { FetchTopicOptions, TopicContent } from './fetch-topic.ts'
export type { ServedClient, ServerPort } from './frame-server.ts'
export { serveClient } from './frame-server.ts'
export { writeFrame } from './frame-text.ts'
export type { Grant, HandlerBase, Identity } from './handler-base.ts'
export type { LiveTopics, LiveTopicsOptions } from './live-topics.ts'
export { BATCH_MS, createTopicRegistry, GATHER_MS } from './live-topics.ts'
export { exclusive, shared, slot } from './lock-table.ts'
export type { ModelSnapshot } from './model-snapshot.ts'
export type { Inspection } from './operations/change-record.ts'
export type {
  AnswerContext,
  OperationHandler,
  OutputContext,
  PlanDraft,
  PlanIds,
  StepContext,
  StepDraft,
  StepHandler,
} from './operations/operation-handler.ts'
export { inspectNothing } from './operations/operation-handler.ts'
export type { AuditStore, Clock, Log, OperationStore, SecretVault, SettingsStore, UnreadableRow } from './ports.ts'
export { silentLog, systemClock } from './ports.ts'
export type { SettingsKeeper } from './settings.ts'
export { createSettingsHandlers, openSettings } from './settings.ts'
export type { IssuedTicket } from './socket-tickets.ts'
export { SocketTickets } from './socket-tickets.ts'
export type { WatchClockOptions } from './watch-clock.ts'
export { watchClock } from './watch-clock.ts'
