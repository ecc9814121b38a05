/** From the preload to the main process: the page listens for its ports. */
export const READY_CHANNEL = 'virtdeck:ready'
/** From the main process to the preload: a port, and in the message's data which one. */
export const PORTS_CHANNEL = 'virtdeck:ports'
