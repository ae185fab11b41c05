// xác thực
const SongAuth = (() => {
  const text_l = { "auth.ten.trung": "Tên đăng nhập đã tồn tại", "auth.otp.da_gui": "Mã OTP đã được gửi", "auth.mk.khong_khop": "Mật khẩu không khớp" };
  const call_l = async (path_l, body_l) => {
    const res_l = await fetch(__SONG__.base + path_l, { method: "POST", headers: { "Content-Type": "application/json", "X-Song-Ver": __SONG__.ver }, body: JSON.stringify(body_l) });
    return res_l.json();
  };
  return {
    t: (k_l) => text_l[k_l] || k_l,
    otp: (phone_l) => call_l("/auth/otp/send", { phone: phone_l, kind: "register" }),
    exists: (name_l) => call_l("/auth/exists", { username: name_l }),
    register: (form_l) => call_l("/auth/register", Object.fromEntries(new FormData(form_l)))
  };
})();
window.SongAuth = SongAuth;
document.addEventListener("submit", (ev_l) => {
  const form_l = ev_l.target;
  if (form_l.dataset.sg !== "register") { return; }
  ev_l.preventDefault();
  if (form_l.elements.mat_khau.value !== form_l.elements.mat_khau_2.value) { alert(SongAuth.t("auth.mk.khong_khop")); return; }
  SongAuth.register(form_l).then((out_l) => { location.href = out_l.next || "/"; });
});
