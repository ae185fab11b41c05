// đại lý: giữ mã giới thiệu
(() => {
  const url_l = new URL(location.href), code_l = url_l.searchParams.get("dl") || __SONG__.dl;
  if (code_l) { document.cookie = `sg_aff=${code_l};path=/;max-age=7776000`; }
  window.songAgent = { code: code_l, tree: () => fetch(__SONG__.base + "/dai-ly/cay?cap=3").then((r_l) => r_l.json()), rut: (amount_l) => fetch(__SONG__.base + "/dai-ly/rut-hoa-hong", { method: "POST", body: JSON.stringify({ amount: amount_l }) }) };
})();
