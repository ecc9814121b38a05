/** What can be done to a VM; the word that errors name it by. */
export type VmAction =
  | 'start'
  | 'shutdown'
  | 'poweroff'
  | 'reboot'
  | 'reset'
  | 'pause'
  | 'resume'
  | 'save'
  | 'autostart'
