// papan RTP: angka dibuat ulang setiap jam
var bumiRtp = {
  seedHour: Math.floor(Date.now() / 3600000),
  value: function (code_l) { var x_l = (code_l * 9301 + this.seedHour * 49297) % 233280; return 86 + x_l % 13; },
  draw: function () {
    var cells_l = document.querySelectorAll("[data-rtp-game]");
    for (var n_l = 0; n_l < cells_l.length; n_l++) {
      var v_l = this.value(+cells_l[n_l].getAttribute("data-rtp-game"));
      var bar_l = cells_l[n_l].querySelector("div > div");
      bar_l.style.width = v_l + "%";
      bar_l.firstChild.textContent = v_l + "%";
      bar_l.style.background = v_l > 94 ? "#17a34a" : v_l > 89 ? "#eab308" : "#dc2626";
    }
    document.cookie = "rtp_seen=" + this.seedHour + ";path=/;max-age=3600";
  }
};
function bumiLaunch(code_l) { location.href = "/slots/launch/" + code_l + "?mode=real&back=" + encodeURIComponent(location.pathname); }
fetch(BUMI_CONF.rtp_url + "?h=" + bumiRtp.seedHour).then(function () { bumiRtp.draw(); }, function () { bumiRtp.draw(); });
