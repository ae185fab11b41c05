// baús do agente: quem convida abre
window.ondaBau = {
  abrir: (id_l) => ondaPedir("/agente/bau/abrir", { bau: id_l }),
  progresso: async () => { const r_l = await ondaPedir("/agente/bau/progresso"); document.querySelectorAll("#{{.ID "bau-agente"}} [data-meta]").forEach((el_l, i_l) => { el_l.toggleAttribute("data-aberto", i_l < r_l.validos); }); }
};
document.addEventListener("click", (ev_l) => { if (ev_l.target.dataset.onda === "copiar") { navigator.clipboard.writeText(ev_l.target.previousElementSibling.value); } });
