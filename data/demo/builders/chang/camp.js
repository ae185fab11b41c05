// ค่ายเกม
function changPlay(code_l) {
  if (!changState.login) { location.href = "/member/signin?next=game-" + code_l; return; }
  changCall("/games/enter", { code: code_l, device: innerWidth < 768 ? "m" : "d" }, function (r_l) { location.href = r_l.launch_url; });
}
function changBonus(id_l) { changCall("/bonus/claim", { id: id_l }, function () { changAlert("bonus.claimed"); }); }
[].forEach.call(document.querySelectorAll("[data-ch-camp]"), function (a_l) {
  a_l.addEventListener("click", function () { changCall("/games/camp-list", { camp: a_l.getAttribute("data-ch-camp") }, function (r_l) { window.changCampCache = r_l.games; }); });
});
