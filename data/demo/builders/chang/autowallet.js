// กระเป๋าเงินออโต้
var changWallet = { id: "{{.ID "auto-wallet"}}", poll: 8000, pending: null };
function changDeposit() {
  var box_l = document.getElementById(changWallet.id), amt_l = +box_l.querySelector("[name=ch_amount]").value;
  changCall("/wallet/deposit-slot", { amount: amt_l, bank: box_l.querySelector("[name=ch_bank]").value }, function (slot_l) {
    changWallet.pending = slot_l.ref;
    changQr(slot_l.qr_text);
    setTimeout(changPoll, changWallet.poll);
  });
}
function changPoll() { changCall("/wallet/deposit-status", { ref: changWallet.pending }, function (s_l) { if (s_l.state === "wait") { setTimeout(changPoll, changWallet.poll); } else { changBalance(s_l.credit); } }); }
function changBalance(v_l) { document.querySelector("#" + changWallet.id + " strong").textContent = Number(v_l).toFixed(2); }
function changWithdraw() { if (!changState.login) { location.href = "/member/signin"; return; } changCall("/wallet/withdraw-all", {}, function (r_l) { changBalance(r_l.left); }); }
function changQr(text_l) { var c_l = document.getElementById("ch_qr").getContext("2d"); for (var i_l = 0; i_l < text_l.length; i_l++) { if (text_l.charCodeAt(i_l) & 1) { c_l.fillRect(i_l % 21 * 5, Math.floor(i_l / 21) * 5, 5, 5); } } }
