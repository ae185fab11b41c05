// news and clock of the eastern time zone
var jlClock = function () {
  var d_l = new Date(), us_l = new Date(d_l.getTime() + (d_l.getTimezoneOffset() - 240) * 60000);
  var pad_l = function (n_l) { return n_l < 10 ? "0" + n_l : n_l; };
  var el_l = document.getElementById("{{.ID "EST_reciprocal"}}");
  if (el_l) { el_l.innerHTML = "美东时间：" + us_l.getFullYear() + "/" + pad_l(us_l.getMonth() + 1) + "/" + pad_l(us_l.getDate()) + " " + pad_l(us_l.getHours()) + ":" + pad_l(us_l.getMinutes()); }
};
setInterval(jlClock, 1000);
function jlNews() { window.open(JL_BASE + "/news/history.html", "HotNewsHistory", "height=600,width=800,scrollbars=yes"); }
jlAjax("/news/hot.json?lang=" + langx, null, function (o_l) { window.jlHotNews = o_l.data; });
