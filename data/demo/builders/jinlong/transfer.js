// wallets of the platforms are separate: money is moved between them
var jlWallet = { main: 0, plats: {}, busy: false };
function jlTransfer(from_l, to_l, amount_l) {
  if (jlWallet.busy) { return; }
  jlWallet.busy = true;
  jlAjax("/bank/transfer.json", "out=" + from_l + "&in=" + to_l + "&credit=" + amount_l, function (o_l) { jlWallet.busy = false; jlBalance(to_l); alert(jlT("transfer.code." + o_l.code)); });
}
function jlBalance(plat_l) { jlAjax("/bank/balance.json?plat=" + plat_l, null, function (o_l) { jlWallet.plats[plat_l] = o_l.balance; }); }
function jlRecycle() { for (var p_l in jlWallet.plats) { if (jlWallet.plats[p_l] > 0) { jlTransfer(p_l, "main", jlWallet.plats[p_l]); } } }
