export type { Collections } from './collections.ts'
export { createCollections } from './collections.ts'
export type { Connection, EngineClient, ProposedCall } from './engine-client.ts'
export type { Engine } from './hooks.ts'
export {
  EngineContext,
  useCollection,
  useConnection,
  useEngine,
  useEngineClient,
  useEntity,
  useRevision,
} from './hooks.ts'
export type { CollectionState } from './mirror.ts'
export type { Language, Preferences, ThemePreference } from './preferences.ts'
export { followPreferences, LANGUAGES, preferences, setPreferences } from './preferences.ts'
export { connectEngine } from './transport.ts'
