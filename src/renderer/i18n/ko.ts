import clusters from './ko/clusters.json'
import commands from './ko/commands.json'
import common from './ko/common.json'
import consoleTexts from './ko/console.json'
import datacenters from './ko/datacenters.json'
import disks from './ko/disks.json'
import drift from './ko/drift.json'
import errors from './ko/errors.json'
import events from './ko/events.json'
import frame from './ko/frame.json'
import hosts from './ko/hosts.json'
import local from './ko/local.json'
import logs from './ko/logs.json'
import networks from './ko/networks.json'
import newvm from './ko/newvm.json'
import settings from './ko/settings.json'
import steps from './ko/steps.json'
import storage from './ko/storage.json'
import templates from './ko/templates.json'
import vms from './ko/vms.json'

export const catalog = {
  clusters,
  commands,
  common,
  console: consoleTexts,
  datacenters,
  disks,
  drift,
  errors,
  events,
  frame,
  hosts,
  local,
  logs,
  networks,
  newvm,
  settings,
  steps,
  storage,
  templates,
  vms,
}
