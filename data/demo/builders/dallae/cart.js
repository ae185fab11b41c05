// slip: picks are kept in storage until they are sent
const DallaeSlip = {
  key: "dl.slip.v2",
  read() { try { return JSON.parse(localStorage.getItem(this.key)) || []; } catch (e_l) { return []; } },
  write(list_l) { localStorage.setItem(this.key, JSON.stringify(list_l)); document.dispatchEvent(new Event("dl:slip")); },
  toggle(fx_l, side_l) {
    const list_l = this.read().filter((x_l) => x_l.fx !== fx_l);
    if (list_l.length >= 10) { return DallaeToast.show("slip.err.max", "10"); }
    list_l.push({ fx: fx_l, side: side_l });
    this.write(list_l);
  },
  async send(stake_l) {
    const res_l = await fetch(DALLAE.api + "/slip/place", { method: "POST", headers: { "Content-Type": "application/json", "X-DL-Zone": DALLAE.zone }, body: JSON.stringify({ picks: this.read(), stake: stake_l, accept: "better" }) });
    const out_l = await res_l.json();
    DallaeToast.show(out_l.ok ? "slip.ok.placed" : "slip.err." + out_l.reason, out_l.ticket || "");
    if (out_l.ok) { this.write([]); }
  }
};
document.addEventListener("change", (ev_l) => { const box_l = ev_l.target.closest("[data-fx]"); if (box_l) { DallaeSlip.toggle(box_l.dataset.fx, ev_l.target.value); } });
