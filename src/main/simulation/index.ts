// Hosts that are not there: a libvirt daemon in this process, behind the same route that real hosts are reached by. See README.md.
export { buildDemoWorld } from './demo/build-demo-world.ts'
export { type RunCommand, seedDemo } from './demo/seed-demo.ts'
export type { HostSpec } from './host/host-spec.ts'
export { openSimulatedRoute } from './open-route.ts'
export { createWorld, type SimulatedWorld } from './world.ts'
