// depósito e saque por PIX
const ondaPix = {
  valores: [10, 20, 50, 100, 500],
  async gerar(valor_l) { const r_l = await ondaPedir("/pix/cobranca", { valor: valor_l, bonus: true }); this.mostrar(r_l.copia_e_cola); this.esperar(r_l.txid); },
  mostrar(texto_l) { const campo_l = document.createElement("textarea"); campo_l.readOnly = true; campo_l.value = texto_l; document.body.append(campo_l); },
  esperar(txid_l) { const t_l = setInterval(async () => { const r_l = await ondaPedir("/pix/situacao?txid=" + txid_l); if (r_l.situacao === "paga") { clearInterval(t_l); location.href = "/cassino/todos"; } }, 5000); },
  sacar(valor_l, senha_l) { return ondaPedir("/pix/saque", { valor: valor_l, senha_saque: senha_l }); }
};
window.ondaPix = ondaPix;
