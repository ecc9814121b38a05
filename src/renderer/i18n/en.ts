import clusters from './en/clusters.json'
import commands from './en/commands.json'
import common from './en/common.json'
import consoleTexts from './en/console.json'
import datacenters from './en/datacenters.json'
import disks from './en/disks.json'
import drift from './en/drift.json'
import errors from './en/errors.json'
import events from './en/events.json'
import frame from './en/frame.json'
import hosts from './en/hosts.json'
import local from './en/local.json'
import logs from './en/logs.json'
import networks from './en/networks.json'
import newvm from './en/newvm.json'
import settings from './en/settings.json'
import steps from './en/steps.json'
import storage from './en/storage.json'
import templates from './en/templates.json'
import vms from './en/vms.json'

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
