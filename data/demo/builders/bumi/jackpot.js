// jackpot progresif berjalan di peramban
(function (win_l) {
  var now_l = BUMI_CONF.jp_start, el_l = document.getElementById("{{.ID "jackpot_counter"}}");
  win_l.bumiJackpotTimer = setInterval(function () {
    now_l += Math.floor(Math.random() * 937) + 11;
    if (el_l) { el_l.textContent = "IDR " + now_l.toLocaleString("id-ID"); }
  }, 120);
})(window);
