// The invoice page, quicker: names while typing, WeChat's titles, the camera, the live state.
// Everything here also works without it.
(function () {
  "use strict";
  var form = document.getElementById("ask");
  var state = document.getElementById("state");
  var $ = function (id) { return document.getElementById(id); };

  function post(path, fields) {
    return fetch("/i/" + form.dataset.code + "/" + path, {
      method: "POST",
      body: new URLSearchParams(fields),
    }).then(function (answer) {
      if (!answer.ok) throw new Error(answer.status);
      return answer.json();
    });
  }

  // the state, brought up to date by itself
  function poll() {
    var part = state.querySelector("[data-poll]");
    if (!part) return;
    setTimeout(function () {
      if (document.hidden) return poll();
      fetch("/i/" + state.dataset.code + "/status", { headers: { "x-part": "state" } })
        .then(function (answer) { return answer.ok ? answer.text() : ""; })
        .then(function (html) {
          if (html && html !== state.innerHTML) state.innerHTML = html;
        })
        .catch(function () {})
        .then(poll);
    }, part.dataset.poll * 1000);
  }
  if (state) return poll();
  if (!form) return;

  // one press sends once
  var isSent = false;
  form.addEventListener("submit", function (event) {
    if (isSent) return event.preventDefault();
    isSent = true;
    form.querySelector("[data-submit]").setAttribute("aria-disabled", "true");
  });
  window.addEventListener("pageshow", function () { isSent = false; });

  // titles
  function fill(given) {
    if (given.kind) form.querySelector('[name=kind][value="' + given.kind + '"]').checked = true;
    $("title").value = given.title || "";
    $("tax_no").value = given.taxNo || "";
    if (given.mail && !$("mail").value) $("mail").value = given.mail;
    if (given.phone && $("phone") && !$("phone").value) $("phone").value = given.phone;
    $("found").textContent = "";
  }

  function list(companies) {
    $("found").textContent = "";
    companies.forEach(function (company) {
      var item = document.createElement("li");
      var button = document.createElement("button");
      button.type = "button";
      button.className = "plain";
      button.textContent = company.title;
      if (company.taxNo) {
        var number = document.createElement("span");
        number.className = "quiet";
        number.textContent = company.taxNo;
        button.append(document.createElement("br"), number);
      }
      button.addEventListener("click", function () { choose(company); });
      item.append(button);
      $("found").append(item);
    });
  }

  function choose(company) {
    fill({ title: company.title, taxNo: company.taxNo });
    if (company.taxNo) return $("tax_no").focus();
    post("titles", { pick: company.title })
      .then(function (said) { fill({ title: company.title, taxNo: said.companies[0].taxNo }); })
      .catch(function () { $("tax_no").focus(); });
  }

  function read(text) {
    post("titles", { q: text })
      .then(function (said) {
        if (said.companies.length) {
          fill({ kind: "enterprise", title: said.companies[0].title, taxNo: said.companies[0].taxNo });
        }
      })
      .catch(function () {});
  }

  var typing, asked = "";
  $("title").addEventListener("input", function () {
    var text = $("title").value.trim();
    clearTimeout(typing);
    if (/^\$01.+\$$/.test(text)) return read(text);
    if (text.length < 2 || text.length > 40 || form.elements.kind.value !== "enterprise") {
      $("found").textContent = "";
      return;
    }
    typing = setTimeout(function () {
      asked = text;
      post("titles", { q: text })
        .then(function (said) { if (asked === text) list(said.companies); })
        .catch(function () {});
    }, 300);
  });

  form.addEventListener("click", function (event) {
    var own = event.target.closest("[name=own]");
    if (!own) return;
    event.preventDefault();
    fill(own.dataset);
  });

  var other = $("other");
  if (other) {
    other.addEventListener("keydown", function (event) {
      if (event.key !== "Enter") return;
      event.preventDefault();
      form.querySelector('[value="add"]').click();
    });
  }

  // codes: by WeChat's camera, or from a picture
  function take(place, text) {
    if (place === "title") return read(text);
    other.value = text;
    form.querySelector('[value="add"]').click();
  }

  function show(selector) {
    form.querySelectorAll(selector).forEach(function (one) { one.hidden = false; });
  }

  var place = "title";
  function byPicture() {
    if (!("BarcodeDetector" in window)) return;
    var detector = new BarcodeDetector({ formats: ["qr_code"] });
    show("[data-scan]");
    form.addEventListener("click", function (event) {
      var button = event.target.closest("[data-scan]");
      if (!button) return;
      place = button.dataset.scan;
      $("camera").click();
    });
    $("camera").addEventListener("change", function () {
      createImageBitmap($("camera").files[0])
        .then(function (picture) { return detector.detect(picture); })
        .then(function (codes) { if (codes.length) take(place, codes[0].rawValue); })
        .catch(function () {})
        .then(function () { $("camera").value = ""; });
    });
  }

  function byWeChat() {
    var script = document.createElement("script");
    script.src = form.dataset.sdk;
    script.onload = function () {
      post("wechat", { url: location.href.split("#")[0] }).then(function (signed) {
        signed.beta = true;
        signed.jsApiList = ["chooseInvoiceTitle", "scanQRCode"];
        wx.ready(function () { show("[data-choose],[data-scan]"); });
        wx.config(signed);
      }).catch(function () {});
    };
    document.head.append(script);
    form.addEventListener("click", function (event) {
      if (event.target.closest("[data-choose]")) return chooseTitle();
      var button = event.target.closest("[data-scan]");
      if (!button) return;
      wx.scanQRCode({
        needResult: 1,
        scanType: ["qrCode"],
        success: function (seen) { take(button.dataset.scan, seen.resultStr); },
      });
    });
  }

  function chooseTitle() {
    wx.invoke("chooseInvoiceTitle", { scene: "1" }, function (said) {
      if (!/:ok$/.test(said.err_msg)) return; // cancelled: the form stays as it is
      var info = JSON.parse(said.choose_invoice_title_info);
      fill({
        kind: String(info.type) === "1" ? "individual" : "enterprise",
        title: info.title,
        taxNo: info.taxNumber,
      });
    });
  }

  if (form.dataset.sdk) byWeChat();
  else byPicture();
})();
