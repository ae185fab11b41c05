// pendaftaran
var bumiLang = { "daftar.nama.pakai": "User ID sudah dipakai", "daftar.rek.salah": "Nomor rekening tidak valid", "daftar.ok": "Pendaftaran berhasil", "masuk.gagal": "User ID atau kata sandi salah" };
var bumiRegister = function () {
  var form_l = document.getElementById("form_daftar");
  if (!form_l) { return; }
  form_l.elements.reg_username.addEventListener("blur", function () {
    $post_check("username", this.value, function (free_l) { form_l.querySelector("small").textContent = free_l ? "" : bumiLang["daftar.nama.pakai"]; });
  });
  form_l.addEventListener("submit", function (ev_l) {
    var rek_l = form_l.elements.reg_norek.value.replace(/\D/g, "");
    if (rek_l.length < 8) { ev_l.preventDefault(); alert(bumiLang["daftar.rek.salah"]); }
  });
};
function $post_check(field_l, value_l, done_l) {
  var body_l = new URLSearchParams();
  body_l.set("field", field_l); body_l.set("value", value_l); body_l.set("bm_csrf", BUMI_CONF.csrf);
  fetch("/api/register/check", { method: "POST", body: body_l }).then(function (r_l) { return r_l.json(); }).then(function (o_l) { done_l(o_l.available === 1); });
}
document.addEventListener("DOMContentLoaded", bumiRegister);
