import { mount } from 'svelte'
import './styles/fonts.css'
import './styles/tokens.css'
import './styles/base.css'
import App from './App.svelte'
import { connectExplorer, onPort } from './bridge.ts'
import { DropWorkerClient } from './console/drop-worker-client.ts'
import { AppState } from './window/app.svelte.ts'

/** The composition root: the parts are built and joined here, and nowhere else. */
const worker = new DropWorkerClient()

onPort((handover, port) => {
  if (handover.use === 'live') worker.takeLivePort(port)
  else worker.takeReadPort(handover.readId, port)
})

const app = new AppState(connectExplorer(), worker)
const target = document.getElementById('app')
if (target === null) throw new Error('index.html has no element "app".')
mount(App, { target, props: { app } })
void app.start()
