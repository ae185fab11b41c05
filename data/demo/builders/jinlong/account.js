// account: join form and log-in
var jlText = { "join.user.rule": "账号须为4-12位字母数字", "join.pwd.diff": "两次密码不一致", "join.alias.need": "请填写真实姓名", "login.captcha.need": "请输入验证码", "login.fail": "账号或密码错误" };
function jlT(k_l) { return jlText[k_l] || k_l; }
function jlAjax(url_l, data_l, done_l) {
  var req_l = window.XMLHttpRequest ? new XMLHttpRequest() : new ActiveXObject("Microsoft.XMLHTTP");
  req_l.onreadystatechange = function () { if (req_l.readyState == 4 && req_l.status == 200) { done_l(eval("(" + req_l.responseText + ")")); } };
  req_l.open(data_l ? "POST" : "GET", JL_BASE + url_l, true);
  req_l.send(data_l);
}
function jlJoinCheck(f_l) {
  if (!/^[a-z0-9]{4,12}$/.test(f_l.username.value)) { alert(jlT("join.user.rule")); return false; }
  if (f_l.password.value != f_l.passwd.value) { alert(jlT("join.pwd.diff")); return false; }
  if (f_l.alias.value == "") { alert(jlT("join.alias.need")); return false; }
  document.getElementById("OK2").disabled = true;
  return true;
}
function jlCheckUser(name_l) { jlAjax("/user/chkuser.json?username=" + name_l, null, function (o_l) { document.getElementById("chk_username").innerHTML = o_l.msg; }); }
function jlForget() { window.open(JL_BASE + "/user/forget.html", "forget", "width=500,height=320"); }
function jlAddFavorite() { try { window.external.addFavorite(location.href, document.title); } catch (e_l) { alert("Ctrl+D"); } }
