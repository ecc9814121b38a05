/** From the preload to the main process: the page listens for its ports. */
export const READY_CHANNEL = 'virtdeck:ready'
/** From the main process to the preload: two ports, the engine's and the shell's. */
export const PORTS_CHANNEL = 'virtdeck:ports'
