export type {
  CallOptions,
  ClientOptions,
  ClientPort,
  ConnectionStatus,
  ContractClient,
  EachIds,
  TopicObserver,
} from './client.ts'
export { createContractClient } from './client.ts'
export type { ClientFrame } from './client-frame.ts'
export { clientFrameSchema } from './client-frame.ts'
export type { CommandInput, CommandKind, CommandName, CommandOutput, Commands, ParsedInput } from './commands.ts'
export { commands, isCommandName } from './commands.ts'
export type { ConsoleCloseReason } from './console-close.ts'
export {
  CONSOLE_CLOSE_ENDED,
  CONSOLE_CLOSE_ERROR,
  decodeConsoleClose,
  encodeConsoleClose,
} from './console-close.ts'
export type { BatchSpec, CommandSpec, ObjectReference, Permission } from './define-command.ts'
export { batchInputOf, PERMISSIONS, theSystem } from './define-command.ts'
export { diskFileNameSchema } from './disk-commands.ts'
export type { CommandPlan, Result, ServerFrame, Verdict } from './frames.ts'
export { ACK_EVERY_FRAMES, CLIENT_FRAME_LIMIT_BYTES, FRAME_LIMIT_BYTES } from './frames.ts'
export type { EachField, GroupVerdict, RefusedGroup } from './group-verdict.ts'
export { createRefusedGroups, EACH_IDS_LIMIT, refusalKey } from './group-verdict.ts'
export type { HostCandidate, HostCheck, HostInstall } from './host-commands.ts'
export { CHAIN_CHECKS, hostCheckSchema, SINGLE_CHECKS } from './host-commands.ts'
export { decodeShellInput, encodeShellSize, encodeShellText } from './shell-input.ts'
export type { ConsolePortMessage, NativeMenuEntry, ShellEvent } from './shell-port.ts'
export { ENGINE_PORT_MESSAGE, SHELL_PORT_MESSAGE } from './shell-port.ts'
export type { NativeMenu, ShellRequest } from './shell-request.ts'
export { shellRequestSchema } from './shell-request.ts'
export type { SignInValue } from './sign-in.ts'
export { LINK_PATH, SOCKET_PROTOCOL, sessionOfProtocols, socketProtocols } from './sign-in.ts'
export type { StorageHostCheck } from './storage-commands.ts'
export type { TopicAddress, TopicEntity, TopicName, Topics } from './topics.ts'
export { isTopicName, topics } from './topics.ts'
