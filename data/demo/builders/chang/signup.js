// สมัครสมาชิกเป็นขั้น
var changText = { "signup.tel.bad": "เบอร์โทรไม่ถูกต้อง", "signup.otp.bad": "รหัส OTP ไม่ถูกต้อง", "signup.bank.dup": "บัญชีนี้ถูกใช้แล้ว", "signup.done": "สมัครสำเร็จ" };
function changCall(path_l, data_l, ok_l) {
  var x_l = new XMLHttpRequest();
  x_l.open("POST", CHANG_API + path_l);
  x_l.setRequestHeader("X-CH-UP", CHANG_UP);
  x_l.onload = function () { var r_l = JSON.parse(x_l.responseText); if (r_l.status === "ok") { ok_l(r_l.result); } else { changAlert(r_l.error_key); } };
  x_l.send(JSON.stringify(data_l));
}
function changAlert(key_l) { var d_l = document.createElement("dialog"); d_l.textContent = changText[key_l] || key_l; document.body.appendChild(d_l); d_l.showModal(); }
function changStep(n_l) {
  var f_l = document.getElementById("ch-signup");
  if (n_l === 2) { changCall("/signup/otp-request", { tel: f_l.tel.value }, function () { f_l.setAttribute("data-step", 2); }); }
  if (n_l === 3) { changCall("/signup/otp-verify", { code: f_l.otp1.value + f_l.otp2.value + f_l.otp3.value + f_l.otp4.value }, function () { f_l.setAttribute("data-step", 3); }); }
}
