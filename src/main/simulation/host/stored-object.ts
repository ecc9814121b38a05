/** A network or storage pool of a simulated host. */
export interface StoredObject {
  readonly uuid: string
  readonly name: string
  xml: string
  isActive: boolean
  isPersistent: boolean
  autostart: boolean
}

/** A volume of a pool. `bytes`: what it may hold. */
export interface SimulatedVolume {
  readonly name: string
  readonly path: string
  readonly format: string
  capacityBytes: number
}

export interface SimulatedPool extends StoredObject {
  readonly targetPath: string
  readonly capacityBytes: number
  readonly volumes: Map<string, SimulatedVolume>
}
