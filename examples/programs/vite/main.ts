const greeting: string = 'vite'
document.body.textContent = greeting
