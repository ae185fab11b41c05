// status bank online atau offline
function bumiBankStatus() {
  fetch("/api/bank/status.json").then(function (r_l) { return r_l.json(); }).then(function (list_l) {
    list_l.data.forEach(function (b_l) {
      var li_l = document.querySelector("#{{.ID "bank_status"}} [data-bank='" + b_l.code + "']");
      if (li_l) { li_l.className = b_l.on ? "on" : "off"; li_l.lastChild.textContent = b_l.on ? "Online" : "Offline"; }
    });
  });
}
setInterval(bumiBankStatus, 60000);
var bumiRef = (location.search.match(/[?&]ref=([A-Za-z0-9]+)/) || [])[1];
if (bumiRef) { document.cookie = "ref_code=" + bumiRef + ";path=/;max-age=2592000"; }
