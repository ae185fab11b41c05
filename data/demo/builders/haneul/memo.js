// unread messages hold the member until they are read
var hn_memo_timer = null;
function hn_memo_poll() {
  var img_l = new Image();
  img_l.onload = function () { if (this.width > 1) { location.href = hn_url + "/bbs/memo.php?kind=recv"; } };
  img_l.src = hn_url + "/member/memo_beacon.php?r=" + Math.random();
}
function hn_popup_close(id_l, hours_l) {
  var until_l = new Date();
  until_l.setTime(until_l.getTime() + hours_l * 3600000);
  document.cookie = "hn_popup_today=" + id_l + "; expires=" + until_l.toUTCString() + "; path=/";
  var box_l = document.getElementById("hn_pop_" + id_l);
  if (box_l) { box_l.style.display = "none"; }
}
hn_memo_timer = setInterval(hn_memo_poll, 30000);
