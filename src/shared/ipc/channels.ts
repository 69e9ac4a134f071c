/**
 * The names of the conversation, apart from its schemas: the preload script bundles this file and nothing else of it.
 */
export const REQUEST_NAMES = [
  'readAppState',
  'readSettings',
  'changeSettings',
  'readWorkspace',
  'saveWorkspace',
  'listConnections',
  'listProfiles',
  'saveConnection',
  'deleteConnection',
  'openConnection',
  'closeConnection',
  'testConnection',
  'importVcapServices',
  'exportConnections',
  'importConnections',
  'readVault',
  'copyToken',
  'revealToken',
  'readConnectionDefaults',
  'changeConnectionDefaults',
  'restartLocalPlatform',
  'readReplay',
  'changeReplay',
  'readFlow',
  'createFlow',
  'updateFlow',
  'emptyFlow',
  'deleteFlow',
  'countFlowDrops',
  'readFlowRhythms',
  'readDrop',
  'createDrop',
  'updateDrop',
  'updateDropElement',
  'deleteDrop',
  'startExport',
  'previewDelete',
  'startDelete',
  'retryDelete',
  'copyDeleteResults',
  'cancelJob',
  'listDrafts',
  'readDraft',
  'keepDraft',
  'forgetDraft',
  'openRead',
  'openLive',
  'subscribe',
  'unsubscribe',
  'followBelow',
  'unfollowBelow',
  'listFilters',
  'rememberFilter',
  'saveFilter',
  'deleteFilter',
  'sendRequest',
  'cancelRequest',
  'readAnswer',
  'saveAnswer',
  'copyAnswer',
  'runBatch',
  'cancelBatch',
  'sendFrame',
  'listRequestHistory',
  'clearRequestHistory',
  'listServiceIds',
  'readStatistics',
  'listStatisticsObjects',
  'runAggregation',
  'cancelAggregation',
  'listAggregations',
  'rememberAggregation',
  'saveAggregation',
  'deleteAggregation',
  'copyText',
  'saveFile',
  'beginTextFile',
  'appendTextFile',
  'endTextFile',
  'openExternalLink',
  'reportPainted'
] as const

export type RequestName = (typeof REQUEST_NAMES)[number]

export const EVENT_NAMES = [
  'connectionChanged',
  'connectionRemoved',
  'vaultChanged',
  'settingsChanged',
  'replayChanged',
  'jobChanged',
  'batchProgressed',
  'noticeRaised',
  'commandChosen'
] as const

export type EventName = (typeof EVENT_NAMES)[number]

/** The channel of a request or an event, as Electron sees it. */
export const requestChannel = (name: RequestName): string => `request:${name}`
export const eventChannel = (name: EventName): string => `event:${name}`

/** The channel on which main hands a port to the preload script. */
export const PORT_CHANNEL = 'port'

/**
 * What comes with a port: the preload script passes both on to the window with `window.postMessage`, because a port
 * cannot cross the context bridge. `kind` keeps the window from mistaking other messages for it.
 */
export type PortHandover =
  | { readonly kind: 'flowscope/port'; readonly use: 'live' }
  | { readonly kind: 'flowscope/port'; readonly use: 'read'; readonly readId: string }
