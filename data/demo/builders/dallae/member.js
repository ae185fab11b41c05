// member module
var DL_MSG = {
  "member.err.id_short": "아이디는 4자 이상 입력하세요.",
  "member.err.id_used": "이미 사용중인 아이디입니다.",
  "member.err.pw_match": "비밀번호가 일치하지 않습니다.",
  "member.err.no_code": "가입코드를 확인해 주세요.",
  "member.ok.join": "가입신청이 접수되었습니다."
};
function dl_text(key) { return DL_MSG[key] || key; }
function member_check(kind) {
  var field_l = document.getElementById("reg_mb_" + kind);
  var value_l = field_l.value.replace(/\s/g, "");
  if (value_l.length < 4) { alert(dl_text("member.err.id_short")); field_l.focus(); return false; }
  var xhr_l = new XMLHttpRequest();
  xhr_l.open("POST", "" + "/member/ajax.mb_" + kind + ".php", true);
  xhr_l.setRequestHeader("Content-Type", "application/x-www-form-urlencoded");
  xhr_l.onload = function () {
    var reply_l = xhr_l.responseText;
    document.getElementById("msg_mb_" + kind).innerHTML = reply_l == "000" ? "OK" : dl_text("member.err.id_used");
    document.fregisterform.idchk.value = reply_l == "000" ? "1" : "0";
  };
  xhr_l.send("reg_mb_id=" + encodeURIComponent(value_l) + "&mode=ajax");
}
function fregisterform_submit(form_l) {
  if (form_l.mb_password.value != form_l.mb_password_re.value) { alert(dl_text("member.err.pw_match")); return false; }
  if (form_l.mb_recommend.value == "") { alert(dl_text("member.err.no_code")); return false; }
  document.getElementById("btn_submit").disabled = "disabled";
  return true;
}
