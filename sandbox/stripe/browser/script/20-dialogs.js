// Windows over the merchant's page: the bank's challenge, a wallet's sheet.

// A modal dialog with a frame in it. `closed` is called when the donor closes it (button or Escape).
function openDialog(path, title, start, closed) {
  const frame = new Frame(path, title, start);
  const dialog = document.createElement('dialog');
  dialog.setAttribute('aria-label', title);
  const style = {
    width: 'min(26rem, 100vw)', maxWidth: '100vw', padding: '0', border: '0', borderRadius: '8px',
    background: '#ffffff', colorScheme: 'light', boxShadow: '0 8px 40px rgb(0 0 0 / 40%)',
  };
  Object.assign(dialog.style, style);
  const close = document.createElement('button');
  close.type = 'button';
  close.textContent = 'Close';
  const look = {
    display: 'block', margin: '8px 8px 0 auto', padding: '8px 12px', minHeight: '44px', font: '16px system-ui',
    color: '#1d2430', background: '#ffffff', border: '1px solid #6b7686', borderRadius: '4px', cursor: 'pointer',
  };
  Object.assign(close.style, look);
  const end = () => {
    dialog.close();
    dialog.remove();
  };
  const giveUp = () => {
    end();
    closed();
  };
  close.addEventListener('click', giveUp);
  dialog.addEventListener('cancel', (event) => {
    event.preventDefault();
    giveUp();
  });
  frame.node.style.height = '260px';
  dialog.append(close, frame.node);
  document.body.append(dialog);
  dialog.showModal();
  return {frame, end};
}

// The bank's question. Resolves to the sandbox's answer once the donor has answered, failed or closed it.
function challenge(access, amount) {
  const path = `/v1/payment_pages/${access.id}/authenticate`;
  return new Promise((resolve) => {
    const refuse = async () => resolve(await request(path, {...access.keys, answer: 'close'}));
    const {frame, end} = openDialog('/elements/3d_secure', 'Confirm your payment', () => ({...access, amount}), refuse);
    frame.on('done', (answer) => {
      end();
      resolve(answer);
    });
  });
}
