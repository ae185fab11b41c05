// กงล้อ
var changPrize = ["10", "50", "0", "100", "5", "0", "20", "500"];
function changSpin() {
  changCall("/wheel/spin", { t: Date.now() }, function (r_l) {
    var box_l = document.getElementById("{{.ID "lucky-wheel"}}"), turn_l = 360 * 6 + r_l.index * (360 / changPrize.length);
    box_l.firstChild.style.transform = "rotate(" + turn_l + "deg)";
    box_l.querySelector("output").textContent = changPrize[r_l.index];
  });
}
