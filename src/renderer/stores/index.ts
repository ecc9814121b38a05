export { readStored, writeStored } from './browser-storage.ts'
export type { Collections } from './collections.ts'
export { createCollections } from './collections.ts'
export type { ConsoleChannel, ConsoleChannelSocket } from './console-channel.ts'
export { openConsoleChannel } from './console-channel.ts'
export type { EngineClient, Patch, ProposedCall, Snapshot } from './engine-client.ts'
export { EntityMap } from './entity-map.ts'
export {
  ENTITY_TOPICS,
  type EntityId,
  type EntityName,
  type EntityOf,
  type EntityRef,
  isEntityName,
} from './entity-topics.ts'
export { fetchTopic } from './fetch-topic.ts'
export { waitForFirstAnswers } from './first-answers.ts'
export type { Engine } from './hooks.ts'
export {
  EngineContext,
  useCollection,
  useCollectionPart,
  useCollections,
  useConnection,
  useEngine,
  useEngineClient,
  useEntity,
  useEntityCount,
  useEntityIds,
  useGroupVerdicts,
  useRevision,
} from './hooks.ts'
export type { CollectionState } from './mirror.ts'
export { applyClosed, applyPatch, applySnapshot, emptyCollection } from './mirror.ts'
export type { FailureGroup, Notice } from './notices.ts'
export {
  addBatch,
  addFailure,
  addNotice,
  clearNotices,
  foldNotices,
  markNoticesSeen,
  useNotices,
  useRunCommand,
} from './notices.ts'
export type { ListView, Place, Sorting } from './place.ts'
export { formatPlace, parsePlace } from './place.ts'
export type { Language, Preferences, ThemePreference } from './preferences.ts'
export {
  followPreferences,
  LANGUAGES,
  parsePreferences,
  preferences,
  setPreferences,
  usePreferences,
} from './preferences.ts'
export { recallScroll, rememberScroll } from './scroll-memory.ts'
export { type Selection, selectByClick } from './selection.ts'
export { onMenuChosen, onShellNotice, publishMenus } from './shell-port.ts'
export { connectEngine, isElectron, signOut } from './transport.ts'
export { type DialogCommand, useDialogCommand } from './use-dialog-command.ts'
export { useElapsed, useNow } from './use-now.ts'
export { createVerdictBoard, idFieldOf, type VerdictBoard } from './verdict-board.ts'
export { useVerdicts } from './verdicts.ts'
export type { Dialog, DockTab, TreeViewName, Workspace } from './workspace.ts'
export {
  changeListView,
  closeDialog,
  followAddress,
  goTo,
  isShown,
  openDialog,
  rememberDialog,
  select,
  setCollapsed,
  setDock,
  setTreeView,
  showEntity,
  showHost,
  showVm,
  useWorkspace,
  workspace,
} from './workspace.ts'
