// money in, money out
var hn_wallet = {
  unit: 10000, last: 0,
  refresh: function () {
    var self_l = this;
    fetch(hn_url + "/member/ajax.my_money.php?t=" + new Date().getTime()).then(function (res_l) { return res_l.json(); }).then(function (data_l) {
      if (data_l.code !== "OK") { return; }
      self_l.last = data_l.mb_money;
      document.getElementById("{{.ID "my_money"}}").innerHTML = hn_comma(data_l.mb_money);
      document.getElementById("{{.ID "my_point"}}").innerHTML = hn_comma(data_l.mb_comp);
    });
  },
  charge: function (amount_l) { return this.post("/bank/charge_ok.php", "in_money=" + amount_l + "&in_name=" + encodeURIComponent(document.charge.in_name.value)); },
  exchange: function (amount_l, pw_l) { return this.post("/bank/exchange_ok.php", "out_money=" + amount_l + "&out_pw=" + pw_l); },
  post: function (path_l, body_l) {
    return fetch(hn_url + path_l, { method: "POST", headers: { "Content-Type": "application/x-www-form-urlencoded" }, body: body_l });
  }
};
function hn_comma(n_l) { return String(n_l).replace(/\B(?=(\d{3})+(?!\d))/g, ","); }
function hn_point_change() { if (confirm(hn_lang("wallet.ask.comp"))) { hn_wallet.post("/bank/comp_change.php", "mode=comp"); } }
setInterval(function () { if (hn_is_member) { hn_wallet.refresh(); } }, 15000);
