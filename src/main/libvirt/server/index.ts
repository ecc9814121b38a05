// The daemon's side of the protocol. Nothing that talks to real hosts needs it: only src/main/simulation loads it.
export { DaemonError } from './daemon-error.ts'
export type { DaemonBehaviour, DaemonClient, DaemonHandlers, DaemonStreams } from './daemon-types.ts'
export { serveLibvirt } from './serve-libvirt.ts'
