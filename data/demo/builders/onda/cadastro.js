// cadastro e sessão
const ondaTextos = { "cadastro.celular.invalido": "Celular inválido", "cadastro.senha.diferente": "As senhas não são iguais", "cadastro.cpf.usado": "CPF já cadastrado", "sessao.expirada": "Sessão expirada" };
async function ondaPedir(rota_l, corpo_l) {
  const resp_l = await fetch($onda.api + rota_l, { method: corpo_l ? "POST" : "GET", credentials: "same-origin", headers: { "X-CSRF-TOKEN": document.querySelector("meta[name=csrf-token]").content, "X-Tenant": $onda.tenant }, body: corpo_l && JSON.stringify(corpo_l) });
  if (resp_l.status === 419) { alert(ondaTextos["sessao.expirada"]); location.reload(); }
  return resp_l.json();
}
function ondaCpf(valor_l) {
  const d_l = valor_l.replace(/\D/g, "");
  if (d_l.length !== 11) { return false; }
  const soma_l = (n_l) => { let s_l = 0; for (let i_l = 0; i_l < n_l; i_l++) { s_l += d_l[i_l] * (n_l + 1 - i_l); } return s_l * 10 % 11 % 10; };
  return soma_l(9) == d_l[9] && soma_l(10) == d_l[10];
}
document.addEventListener("submit", async (ev_l) => {
  if (ev_l.target.dataset.onda !== "cadastrar") { return; }
  ev_l.preventDefault();
  const dados_l = Object.fromEntries(new FormData(ev_l.target));
  if (dados_l.senha !== dados_l.senha_confirma) { alert(ondaTextos["cadastro.senha.diferente"]); return; }
  const r_l = await ondaPedir("/cadastro", dados_l);
  if (r_l.sucesso) { location.href = "/deposito?primeiro=1"; }
});
window.ondaPedir = ondaPedir;
