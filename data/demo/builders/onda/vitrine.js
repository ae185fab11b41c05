// vitrine de jogos
(function () {
  const raiz_l = document.getElementById("{{.ID "vitrine"}}");
  if (!raiz_l) { return; }
  let pagina_l = 1;
  raiz_l.addEventListener("click", async (ev_l) => {
    const jogo_l = ev_l.target.closest("[data-jogo]");
    if (!jogo_l) { return; }
    const r_l = await ondaPedir("/jogos/abrir", { codigo: jogo_l.dataset.jogo, convite: $onda.convite });
    location.href = r_l.url || "/entrar";
  });
  window.ondaMais = async () => { pagina_l += 1; const r_l = await ondaPedir("/jogos/lista?pagina=" + pagina_l + "&ordem=" + raiz_l.dataset.ordem); return r_l.itens; };
})();
