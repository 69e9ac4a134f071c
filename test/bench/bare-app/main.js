// What any app on this runtime costs: a window, a sentence, and a word on stdout when a frame shows it.
import { app, BrowserWindow, protocol } from 'electron'

const PAGE = '<!doctype html><title>bare</title><p>One sentence.'
const TWO_FRAMES =
  'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))'

protocol.registerSchemesAsPrivileged([{ scheme: 'app', privileges: { standard: true, secure: true } }])

void app.whenReady().then(async () => {
  protocol.handle('app', () => new Response(PAGE, { headers: { 'content-type': 'text/html' } }))
  const window = new BrowserWindow({ width: 1440, height: 900 })
  await window.loadURL('app://bundle/index.html')
  await window.webContents.executeJavaScript(TWO_FRAMES)
  process.stdout.write('painted\n')
})
