// betting cart
var hn_cart = [];
var hn_cart_limit = { single: 10, cross: 12, max_rate: 100 };
function hn_bet(idx_l, side_l) {
  for (var i_l = 0; i_l < hn_cart.length; i_l++) {
    if (hn_cart[i_l].gm === idx_l) { hn_cart.splice(i_l, 1); break; }
  }
  if (hn_cart.length >= hn_cart_limit.single) { alert(hn_lang("cart.err.full")); return; }
  hn_cart.push({ gm: idx_l, side: side_l });
  hn_cart_draw();
}
function hn_cart_draw() {
  var rate_l = 1;
  hn_cart.forEach(function (c_l) {
    var row_l = document.querySelector("[data-gm='" + c_l.gm + "']");
    var odd_l = row_l.querySelectorAll("i")[c_l.side === 1 ? 0 : c_l.side === 0 ? 1 : 2];
    rate_l *= parseFloat(odd_l.innerHTML);
  });
  document.betcart.bet_rate.value = Math.min(rate_l, hn_cart_limit.max_rate).toFixed(2);
}
function hn_cart_send() {
  if (!hn_cart.length) { return alert(hn_lang("cart.err.empty")); }
  document.betcart.gm_idx.value = hn_cart.map(function (c_l) { return c_l.gm + ":" + c_l.side; }).join("|");
  document.betcart.submit();
}
setInterval(function () { fetch(hn_url + "/sports/ajax.odds_live.php?sn=" + hn_cart.length); }, 10000);
