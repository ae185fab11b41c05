// the lobby opens games in a window of the vendor's size
var HN_VENDOR = { live: [1280, 760], slot: [1100, 680], mini: [860, 720] };
function hn_open_game(code_l, brand_l) {
  if (!hn_is_member) { alert(hn_lang("lobby.need_login")); return; }
  var size_l = HN_VENDOR[code_l % 2 ? "slot" : "live"];
  var url_l = hn_url + "/game/launch.php?gcode=" + code_l + "&mobile=" + (/Android|iPhone/.test(navigator.userAgent) ? 1 : 0);
  window.open(url_l, "hn_game_" + brand_l, "width=" + size_l[0] + ",height=" + size_l[1] + ",scrollbars=no");
}
function hn_vendor_tab(vendor_l) {
  var list_l = document.querySelectorAll("#{{.ID "casino_list"}} [data-gcode]");
  for (var i_l = 0; i_l < list_l.length; i_l++) {
    list_l[i_l].style.display = vendor_l === "all" || list_l[i_l].getAttribute("data-vendor") === vendor_l ? "" : "none";
  }
  document.getElementById("{{.ID "casino_list"}}").setAttribute("data-hn-vendor", vendor_l);
}
fetch(hn_url + "/game/ajax.vendor_status.php").then(function (r_l) { return r_l.json(); }).then(function (s_l) { window.hn_vendor_state = s_l.list; });
