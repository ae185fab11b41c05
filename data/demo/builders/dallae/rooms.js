// wall of rooms
const DallaeRooms = {
  root: null, page: 1, done: false,
  mount() {
    this.root = document.getElementById("{{.ID "room-wall"}}");
    if (!this.root) { return; }
    this.root.addEventListener("click", (ev_l) => { const room_l = ev_l.target.closest("[data-room]"); if (room_l) { this.enter(room_l.dataset.room); } });
    new IntersectionObserver((seen_l) => { if (seen_l[0].isIntersecting && !this.done) { this.more(); } }).observe(this.root.lastElementChild);
  },
  async enter(id_l) {
    if (!DALLAE.member) { return DallaeToast.show("room.need.signin", ""); }
    const res_l = await fetch(DALLAE.api + "/rooms/" + id_l + "/ticket", { method: "POST" });
    const out_l = await res_l.json();
    window.open("/play/frame?ticket=" + out_l.ticket, "dl_room");
  },
  async more() {
    this.page += 1;
    const res_l = await fetch(DALLAE.api + "/rooms/list?page=" + this.page + "&vendor=all");
    const out_l = await res_l.json();
    this.done = out_l.items.length === 0;
  },
  patch(id_l, v_l) { const el_l = this.root.querySelector("[data-room='" + id_l + "'] meter"); if (el_l) { el_l.value = v_l.rtp; } }
};
document.addEventListener("DOMContentLoaded", () => DallaeRooms.mount());
