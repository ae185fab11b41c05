// pictures that float beside the page
function jlFloatClose(el_l) { el_l.parentNode.parentNode.style.display = "none"; document.cookie = "jl_float=0;path=/"; }
function jlCS() { window.open(JL_BASE + "/service/online.html?line=" + JL_LINE, "JLService", "width=640,height=520"); }
window.onscroll = function () {
  var box_l = document.getElementById("{{.ID "TplFloatPic_0"}}");
  if (box_l) { box_l.style.top = (document.documentElement.scrollTop || document.body.scrollTop) + 160 + "px"; }
};
