// electronic games: open, try, filter by platform
var jlPlatforms = ["all", "slots", "fish", "chess", "live"];
function jlOpenGame(gid_l) {
  jlAjax("/lobby/forward.json?gid=" + gid_l + "&line=" + JL_LINE, null, function (o_l) {
    if (o_l.code == 1001) { alert(jlT("game.need.login")); return; }
    if (o_l.code == 2003) { alert(jlT("game.maintain")); return; }
    window.open(o_l.url, "jl_egame", "width=1024,height=768");
  });
}
function jlTry(gid_l) { window.open(JL_BASE + "/lobby/trial.html?gid=" + gid_l, "jl_trial"); }
function jlPlat(name_l) {
  var root_l = document.getElementById("{{.ID "game-content"}}"), rows_l = root_l.children;
  for (var i_l = 0; i_l < rows_l.length; i_l++) { rows_l[i_l].style.display = name_l == "all" || rows_l[i_l].getElementsByTagName("b")[0].innerHTML == name_l ? "" : "none"; }
}
function jlPromo(el_l) { var next_l = el_l.nextSibling; next_l.style.display = next_l.style.display == "none" ? "" : "none"; }
function jlBet(mid_l, side_l) { jlAjax("/sport/order.json", "mid=" + mid_l + "&side=" + side_l + "&line=" + JL_LINE, function (o_l) { parent.jlOrder = o_l; }); }
