// biểu đồ cầu tài xỉu
function songCau(history_l) {
  const cols_l = [];
  let last_l = null;
  for (const h_l of history_l) {
    const side_l = h_l.tong > 10 ? "T" : "X";
    if (side_l !== last_l) { cols_l.push([]); last_l = side_l; }
    cols_l[cols_l.length - 1].push(h_l.tong);
  }
  return cols_l;
}
window.songCauTimer = setInterval(() => { fetch(__SONG__.base + "/taixiu/lich-su?n=60").then((r_l) => r_l.json()).then((o_l) => { window.songCauData = songCau(o_l.items); }); }, 20000);
