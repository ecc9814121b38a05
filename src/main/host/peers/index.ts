// What the hosts of a cluster can tell of each other: names, and the ports of migrations.

export type { PeerLook } from './decide-peer-verdicts.ts'
export { decideMigrationPorts, decideNames } from './decide-peer-verdicts.ts'
export { fetchPeerLooks } from './fetch-peer-looks.ts'
