/* Runs in a page: tries all that a page can try on a gateway, and tells what came of it. */
globalThis.attempts = async (gateway, id) => {
  const call = async (path, init = {}) => {
    try {
      const response = await fetch(`${gateway}${path}`, init)
      return response.ok ? 'done' : `answered ${response.status}`
    } catch {
      // By the browser or by the gateway: a page can't tell.
      return 'refused'
    }
  }
  const submitted = () =>
    new Promise(resolve => {
      const form = document.createElement('form')
      Object.assign(form, { method: 'post', action: `${gateway}/sessions`, enctype: 'text/plain', target: 'target' })
      form.innerHTML = `<input name='{"appId":"steady","x":"' value='"}'>`
      document.body.append(form)
      document.querySelector('iframe').addEventListener('load', () => resolve('sent'))
      form.submit()
    })
  const connected = socket =>
    new Promise(resolve => {
      socket.onopen = () => resolve('done')
      socket.onerror = () => resolve('refused')
    }).finally(() => socket.close())
  const body = '{"appId":"steady"}'
  return {
    read: await call('/sessions'),
    launch: await call('/sessions', { method: 'POST', headers: { 'content-type': 'application/json' }, body }),
    simpleLaunch: await call('/sessions', { method: 'POST', headers: { 'content-type': 'text/plain' }, body }),
    formLaunch: await submitted(),
    stop: await call(`/sessions/${id}`, { method: 'DELETE' }),
    webSocket: await connected(new WebSocket(`${gateway.replace('http', 'ws')}/events`)),
    eventSource: await connected(new EventSource(`${gateway}/events`))
  }
}
