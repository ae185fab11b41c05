// one socket carries balances, rooms and notes
class DallaeGate {
  constructor(path_l) { this.path = path_l; this.queue = []; this.retry = 0; }
  open() {
    const sock_l = new WebSocket((location.protocol === "https:" ? "wss://" : "ws://") + location.host + this.path + "?z=" + DALLAE.zone);
    sock_l.onmessage = (ev_l) => this.route(JSON.parse(ev_l.data));
    sock_l.onclose = () => { this.retry += 1; setTimeout(() => this.open(), Math.min(30000, 500 * 2 ** this.retry)); };
    sock_l.onopen = () => { this.retry = 0; this.queue.splice(0).forEach((m_l) => sock_l.send(m_l)); };
    this.sock = sock_l;
  }
  route(msg_l) {
    switch (msg_l.op) {
      case "bal.set": document.dispatchEvent(new CustomEvent("dl:balance", { detail: msg_l.v })); break;
      case "room.patch": DallaeRooms.patch(msg_l.id, msg_l.v); break;
      case "note.new": DallaeToast.show("note.unread", msg_l.v.title); break;
      case "kick": location.replace("/auth/sign-out?why=" + msg_l.why); break;
    }
  }
}
const DallaeToast = { show(key_l, text_l) { const box_l = document.createElement("output"); box_l.dataset.i18n = key_l; box_l.textContent = text_l; document.body.append(box_l); setTimeout(() => box_l.remove(), 4000); } };
window.DallaeGateInstance = new DallaeGate(DALLAE.ws);
DallaeGateInstance.open();
