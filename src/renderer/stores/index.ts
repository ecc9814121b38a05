export { readStored, writeStored } from './browser-storage.ts'
export type { Collections } from './collections.ts'
export { createCollections } from './collections.ts'
export type { ConsoleChannel, ConsoleChannelSocket } from './console-channel.ts'
export { openConsoleChannel } from './console-channel.ts'
export type { EngineClient, Patch, ProposedCall, Snapshot } from './engine-client.ts'
export { type EntityChanges, EntityMap } from './entity-map.ts'
export { fetchTopic } from './fetch-topic.ts'
export { waitForFirstAnswers } from './first-answers.ts'
export type { Engine } from './hooks.ts'
export {
  EngineContext,
  useCollection,
  useCollections,
  useConnection,
  useEngine,
  useEngineClient,
  useEntity,
  useRevision,
} from './hooks.ts'
export type { CollectionState } from './mirror.ts'
export { applyClosed, applyPatch, applySnapshot, emptyCollection } from './mirror.ts'
export type { Notice } from './notices.ts'
export { addNotice, dismissNotice, useNotices, useRunCommand } from './notices.ts'
export type { Language, Preferences, ThemePreference } from './preferences.ts'
export {
  followPreferences,
  LANGUAGES,
  parsePreferences,
  preferences,
  setPreferences,
  usePreferences,
} from './preferences.ts'
export { onMenuChosen, publishMenus } from './shell-port.ts'
export { connectEngine, isElectron, signOut } from './transport.ts'
export { useElapsed, useNow } from './use-now.ts'
export { useVerdicts } from './verdicts.ts'
export type { Dialog, DockTab, Place, Workspace } from './workspace.ts'
export {
  closeDialog,
  followAddress,
  formatPlace,
  goTo,
  openDialog,
  parsePlace,
  rememberDialog,
  setCollapsed,
  setDock,
  showHost,
  showVm,
  useWorkspace,
  workspace,
} from './workspace.ts'
