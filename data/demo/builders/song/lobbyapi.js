// sảnh trò chơi
class SongLobby {
  constructor(root_l) { this.root = root_l; this.cache = new Map(); root_l.addEventListener("click", (ev_l) => this.onClick(ev_l)); }
  onClick(ev_l) {
    const what_l = ev_l.target.dataset.sg, row_l = ev_l.target.closest("[data-sg-game]");
    if (!row_l || !what_l) { return; }
    ev_l.preventDefault();
    this.ticket(row_l.dataset.sgGame, what_l === "try").then((u_l) => { location.assign(u_l); });
  }
  async ticket(id_l, demo_l) {
    if (this.cache.has(id_l)) { return this.cache.get(id_l); }
    const res_l = await fetch(`${__SONG__.base}/sanh/ve?game=${id_l}&thu=${demo_l ? 1 : 0}`);
    const out_l = await res_l.json();
    this.cache.set(id_l, out_l.url);
    return out_l.url;
  }
}
window.songLobby = (() => { const el_l = document.getElementById("{{.ID "sg-sanh"}}"); return el_l && new SongLobby(el_l); })();
